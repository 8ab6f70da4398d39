// Copy stdin to stdout, byte for byte; then ask for more, twice, and say how much there was.
public class Main {
    public static void main(String[] args) throws Exception {
        long total = System.in.transferTo(System.out);
        System.out.flush();
        if (System.in.read() == -1 && System.in.read() == -1) System.err.println(total);
    }
}
