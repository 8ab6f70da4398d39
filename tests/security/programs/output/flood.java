// Write numbered lines of 16 bytes to a stream: as many bytes as the second argument says (0: for ever).
import java.io.PrintStream;

public class Main {
    public static void main(String[] args) {
        long size = Long.parseLong(args[1]);
        PrintStream[] streams = switch (args[0]) {
            case "stdout" -> new PrintStream[] {System.out};
            case "stderr" -> new PrintStream[] {System.err};
            default -> new PrintStream[] {System.out, System.err};
        };
        for (long number = 0; size == 0 || number * 16 < size; number += 1000) {
            StringBuilder block = new StringBuilder();
            for (long n = number; n < number + 1000; n++) block.append(String.format("%015d\n", n));
            int length = (int) (size == 0 ? 16000 : Math.min(16000, size - number * 16));
            for (PrintStream stream : streams) stream.write(block.toString().getBytes(), 0, length);
            for (PrintStream stream : streams) stream.flush();
        }
    }
}
