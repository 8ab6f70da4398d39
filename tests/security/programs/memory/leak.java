// Take a little more again and again, outside of the JVM's heap.
import java.lang.foreign.Arena;

class Main {
    public static void main(String[] args) {
        System.out.println("begun");
        for (int left = Integer.parseInt(args[0]); left > 0; left--)
            Arena.global().allocate(1 << 20).fill((byte) 1);
        System.out.println("filled");
    }
}
