// Fill the JVM's own heap, and go on as if nothing had happened.
class Main {
    public static void main(String[] args) {
        System.out.println("begun");
        var kept = new java.util.ArrayList<byte[]>();
        try {
            for (;;) kept.add(new byte[1 << 20]);
        } catch (OutOfMemoryError error) {
            kept = null;
        }
        System.out.println("went on");
    }
}
