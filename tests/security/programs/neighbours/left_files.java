// Files in every place where anybody may write, one mapped, and preferences: "look" for them, or leave them.
import java.nio.channels.FileChannel;
import java.nio.file.*;

class Main {
    public static void main(String[] args) throws Exception {
        boolean look = args[0].equals("look");
        for (String name : new String[] {"/tmp/neighbour", "/var/tmp/neighbour", "/dev/shm/neighbour", "/box/neighbour"}) {
            Path path = Path.of(name);
            if (!look)
                try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                    channel.map(FileChannel.MapMode.READ_WRITE, 0, 4096).putInt(0, 42);
                }
            System.out.println(Files.exists(path) ? "there" : "nothing");
        }
    }
}
