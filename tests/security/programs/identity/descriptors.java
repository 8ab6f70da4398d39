// Where the descriptors lead that are open when a program begins.
import java.nio.file.*;

class Main {
    public static void main(String[] args) throws Exception {
        try (var entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path entry : entries)
                try {
                    System.out.println(entry.getFileName() + " " + Files.readSymbolicLink(entry));
                } catch (NoSuchFileException gone) {
                }
        }
    }
}
