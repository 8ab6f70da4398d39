import java.util.*;
import java.util.concurrent.*;
import java.util.function.*;
import java.util.stream.*;

/** What programs are made of: compiled so that javac is warm, by a compiler that waits and for the AOT cache (java25.toml). */
public class Sample {
    sealed interface Shape permits Circle, Square {}
    record Circle(double radius) implements Shape {}
    record Square(double side) implements Shape {}
    enum Color { RED, GREEN { @Override int rank() { return 2; } }; int rank() { return 1; } }

    static class Node<T extends Comparable<T>> {
        T value;
        Node<T> left, right;
        Node(T value) { this.value = value; }
        void add(T other) {
            if (other.compareTo(value) < 0) { if (left == null) left = new Node<>(other); else left.add(other); }
            else if (right == null) right = new Node<>(other);
            else right.add(other);
        }
    }

    static double area(Shape shape) {
        return switch (shape) {
            case Circle(double radius) when radius > 100 -> Double.MAX_VALUE;
            case Circle c -> Math.PI * c.radius() * c.radius();
            case Square s -> s.side() * s.side();
        };
    }

    static <T, R> List<R> map(List<? extends T> list, Function<? super T, ? extends R> function) {
        var result = new ArrayList<R>();
        for (T item : list) result.add(function.apply(item));
        return result;
    }

    public static void main(String[] args) throws Exception {
        Scanner in = new Scanner(System.in);
        Map<String, Integer> counts = new TreeMap<>();
        int[][] grid = new int[10][10];
        long sum = 0;
        for (int i = 0; i < 10; i++) for (int j = 0; j < 10; j++) sum += grid[i][j] = i * j;
        while (in.hasNext()) counts.merge(in.next(), 1, Integer::sum);
        StringBuilder text = new StringBuilder();
        for (var entry : counts.entrySet()) text.append(entry.getKey()).append('=').append(entry.getValue()).append('\n');
        System.out.print(text);
        System.out.printf("%d %.2f %s%n", sum, area(new Circle(2)), Color.GREEN.rank());
        Map<Integer, Long> groups = IntStream.rangeClosed(1, 20).filter(n -> n % 2 == 0).boxed()
                .collect(Collectors.groupingBy(n -> n % 3, TreeMap::new, Collectors.counting()));
        System.out.println(groups);
        System.out.println(map(List.of("a", "bb"), String::length));
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> future = pool.submit(() -> 6 * 7);
            System.out.println(future.get());
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException("""
                    failed: %s""".formatted(e.getMessage()), e);
        } finally {
            Runnable done = new Runnable() { @Override public void run() { System.err.println("done " + args.length); } };
            done.run();
        }
        Node<Integer> root = new Node<>(5);
        for (int n : new int[] {3, 8, 1}) root.add(n);
        Optional.ofNullable(root.left).map(n -> n.value).ifPresent(System.out::println);
    }
}
