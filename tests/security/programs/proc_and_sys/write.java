// Open each of the files of the arguments after the first for writing, and unless that is "open" write to it; one line each.
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.*;

class Main {
    public static void main(String[] args) {
        for (int i = 1; i < args.length; i++) {
            try (var file = FileChannel.open(Path.of(args[i]), StandardOpenOption.WRITE)) {
                if (args[0].equals("write"))
                    file.write(ByteBuffer.wrap("1\n".getBytes()));
                System.out.println(args[i] + ": done");
            } catch (java.io.IOException error) {
                System.out.println(args[i] + ": " + error);
            }
        }
    }
}
