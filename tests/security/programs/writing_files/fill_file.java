// Write into one file of the folder in the argument until it is refused; say how much; end with the code of the second.
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;

class Main {
    public static void main(String[] args) throws Exception {
        long size = 0;
        try (var file = FileChannel.open(Path.of(args[0], "large"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            while (true)
                size += file.write(ByteBuffer.allocate(65536));
        } catch (java.io.IOException error) {
            System.out.println(error.getMessage());
        }
        System.out.println("size " + size);
        System.exit(args.length > 1 ? Integer.parseInt(args[1]) : 0);
    }
}
