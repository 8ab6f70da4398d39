// Fill the JVM's own heap.
class Main {
    public static void main(String[] args) {
        System.out.println("begun");
        var kept = new java.util.ArrayList<byte[]>();
        for (;;) kept.add(new byte[1 << 20]);
    }
}
