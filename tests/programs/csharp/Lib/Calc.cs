using System.Numerics;

namespace Report.Lib;

public sealed class CalcException(string message, int column) : Exception(message)
{
    public int Column { get; } = column;
}

public abstract record Node
{
    public sealed record Number(long Value) : Node;

    public sealed record Binary(char Sign, Node Left, Node Right) : Node;

    public T Evaluate<T>() where T : INumber<T> => this switch
    {
        Number(var value) => T.CreateChecked(value),
        Binary('+', var left, var right) => left.Evaluate<T>() + right.Evaluate<T>(),
        Binary('-', var left, var right) => left.Evaluate<T>() - right.Evaluate<T>(),
        Binary('*', var left, var right) => left.Evaluate<T>() * right.Evaluate<T>(),
        Binary('/', var left, var right) => left.Evaluate<T>() / right.Evaluate<T>(),
        Binary(_, var left, var right) => left.Evaluate<T>() % right.Evaluate<T>(),
        _ => throw new NotSupportedException(),
    };

    public string Show() => this switch
    {
        Number { Value: < 10 and var digit } => "₀₁₂₃₄₅₆₇₈₉"[(int)digit].ToString(),
        Number number => $"{number.Value}",
        Binary { Sign: var sign } tree => $"({tree.Left.Show()}{sign}{tree.Right.Show()})",
        _ => "?",
    };
}

public ref struct Parser(ReadOnlySpan<char> source)
{
    private static readonly string[] Levels = ["+-", "*/%"];

    private readonly ReadOnlySpan<char> source = source;
    private int at = 0;

    public static Node Parse(string source)
    {
        var parser = new Parser(source);
        var tree = parser.Level(0);
        return parser.Peek() is '\0' ? tree : throw parser.Unexpected();
    }

    private char Peek()
    {
        while (at < source.Length && char.IsWhiteSpace(source[at])) at++;
        return at < source.Length ? source[at] : '\0';
    }

    private CalcException Unexpected() => new(Peek() is '\0' ? "unexpected end" : $"unexpected {Peek()}", at);

    private Node Level(int depth)
    {
        if (depth == Levels.Length) return Primary();
        var tree = Level(depth + 1);
        while (Levels[depth].Contains(Peek()))
        {
            var sign = source[at++];
            tree = new Node.Binary(sign, tree, Level(depth + 1));
        }
        return tree;
    }

    private Node Primary()
    {
        if (char.IsAsciiDigit(Peek()))
        {
            var start = at;
            while (at < source.Length && char.IsAsciiDigit(source[at])) at++;
            return new Node.Number(long.Parse(source[start..at]));
        }
        if (Peek() != '(') throw Unexpected();
        at++;
        var tree = Level(0);
        if (Peek() != ')') throw Unexpected();
        at++;
        return tree;
    }
}
