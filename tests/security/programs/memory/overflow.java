// Recurse without end.
class Main {
    static int recurse(int depth) { return recurse(depth + 1) + 1; }

    public static void main(String[] args) {
        System.out.println("begun");
        recurse(0);
    }
}
