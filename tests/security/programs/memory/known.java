// Use a known amount of memory.
class Main {
    public static void main(String[] args) {
        byte[] kept = new byte[Integer.parseInt(args[1]) << 20];
        java.util.Arrays.fill(kept, (byte) 1);
        System.out.println(kept.length >= 0 ? "done" : "");
    }
}
