package app;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A parser of arithmetic, its tree, and a visit of the tree by patterns. */
public final class Calc {
    public sealed interface Node permits Number, Binary {}

    record Number(BigInteger value) implements Node {}

    record Binary(char sign, Node left, Node right) implements Node {}

    public static final class CalcException extends Exception {
        private final int column;

        CalcException(String message, int column) {
            super(message);
            this.column = column;
        }

        public int column() {
            return column;
        }
    }

    private record Token(String text, int column) {}

    private static final Pattern TOKEN = Pattern.compile("\\s*(?:(\\d+|[-+*/%()])|(\\S))");
    private static final List<String> LEVELS = List.of("+-", "*/%");
    private static final Map<Character, BinaryOperator<BigInteger>> OPERATIONS = Map.of(
            '+', BigInteger::add, '-', BigInteger::subtract, '*', BigInteger::multiply,
            '/', BigInteger::divide, '%', BigInteger::remainder);

    private final Iterator<Token> tokens;
    private Token token;

    private Calc(String source) throws CalcException {
        List<Token> found = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(source);
        while (matcher.lookingAt()) {
            if (matcher.group(2) != null) throw new CalcException("bad character " + matcher.group(2), matcher.start(2));
            found.add(new Token(matcher.group(1), matcher.start(1)));
            matcher.region(matcher.end(), source.length());
        }
        found.add(new Token("end", source.length()));
        tokens = found.iterator();
        token = tokens.next();
    }

    public static Node parse(String source) throws CalcException {
        Calc calc = new Calc(source);
        Node tree = calc.level(0);
        if (!calc.token.text.equals("end")) throw calc.unexpected();
        return tree;
    }

    public static BigInteger value(Node node) {
        return switch (node) {
            case Number(var value) -> value;
            case Binary(var sign, var left, var right) -> OPERATIONS.get(sign).apply(value(left), value(right));
        };
    }

    public static String show(Node node) {
        return switch (node) {
            case Number number when number.value.signum() == 0 -> "nil";
            case Number(var value) -> value.toString(36);
            case Binary(char sign, Number(var left), Number(var right)) -> left + "" + sign + right;
            case Binary binary -> "{%s%c%s}".formatted(show(binary.left), binary.sign, show(binary.right));
        };
    }

    private CalcException unexpected() {
        return new CalcException("unexpected " + token.text, token.column);
    }

    private void advance() {
        if (tokens.hasNext()) token = tokens.next();
    }

    private Node level(int depth) throws CalcException {
        if (depth == LEVELS.size()) return primary();
        Node tree = level(depth + 1);
        while (LEVELS.get(depth).contains(token.text)) {
            char sign = token.text.charAt(0);
            advance();
            tree = new Binary(sign, tree, level(depth + 1));
        }
        return tree;
    }

    private Node primary() throws CalcException {
        Token here = token;
        if (Character.isDigit(here.text.charAt(0))) {
            advance();
            return new Number(new BigInteger(here.text));
        }
        if (!here.text.equals("(")) throw unexpected();
        advance();
        Node tree = level(0);
        if (!token.text.equals(")")) throw unexpected();
        advance();
        return tree;
    }
}
