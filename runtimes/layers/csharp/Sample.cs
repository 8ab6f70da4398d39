// What programs are made of: compiled by a compiler that waits, so that it is warm (Csc.cs).
using System.Text;

var counts = new SortedDictionary<string, int>();
while (Console.ReadLine() is { } line)
    foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        counts[word] = counts.GetValueOrDefault(word) + 1;
var text = new StringBuilder();
foreach (var (word, count) in counts)
    text.Append(word).Append('=').Append($"{count:D2}").AppendLine();
Console.Write(text);

int[] squares = [.. Enumerable.Range(1, 20).Where(n => n % 2 == 0).Select(n => n * n)];
var groups = from n in squares group n by n % 3 into g orderby g.Key select (g.Key, Sum: g.Sum());
Console.WriteLine(string.Join(", ", groups));
long sum = 0;
var grid = new int[10, 10];
for (int i = 0; i < 10; i++)
    for (int j = 0; j < 10; j++)
        sum += grid[i, j] = i * j;
Shape[] shapes = [new Circle(2), new Square(3) { Name = "square" }];
foreach (var shape in shapes)
    Console.WriteLine(shape switch { Circle { Radius: > 100 } => "big", Circle c => c.ToString(), _ => $"{shape.Area:F2}" });
try
{
    Console.WriteLine(await Later(6) + Tree<int>.Of(5, 3, 8).Count() + args.Length);
}
catch (InvalidOperationException error) when (error.Message.Length > 0)
{
    Console.Error.WriteLine(error);
    return 1;
}
finally
{
    Console.WriteLine(sum);
}
return 0;

static async Task<int> Later(int n)
{
    await Task.Yield();
    return n > 0 ? n * 7 : throw new InvalidOperationException("no");
}

abstract record Shape { public string? Name { get; init; } public abstract double Area { get; } }
record Circle(double Radius) : Shape { public override double Area => Math.PI * Radius * Radius; }
record Square(double Side) : Shape { public override double Area => Side * Side; }

interface ICounted { int Count(); }
class Tree<T> : ICounted where T : IComparable<T>
{
    T value; Tree<T>? left, right;
    Tree(T value) => this.value = value;
    public static Tree<T> Of(T first, params T[] others)
    {
        var tree = new Tree<T>(first);
        foreach (var other in others) tree.Add(other);
        return tree;
    }
    void Add(T other)
    {
        ref var side = ref other.CompareTo(value) < 0 ? ref left : ref right;
        if (side is null) side = new Tree<T>(other);
        else side.Add(other);
    }
    public int Count() => 1 + (left?.Count() ?? 0) + (right?.Count() ?? 0);
    public IEnumerable<T> Values()
    {
        if (left != null) foreach (var v in left.Values()) yield return v;
        yield return value;
        if (right != null) foreach (var v in right.Values()) yield return v;
    }
}
