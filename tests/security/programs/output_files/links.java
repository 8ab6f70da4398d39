// The same from Java.
import java.nio.file.*;

class Main {
    public static void main(String[] args) throws Exception {
        Files.createSymbolicLink(Path.of("passwd"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(Path.of("etc"), Path.of("/etc"));
        Files.createDirectory(Path.of("folder"));
        Files.createSymbolicLink(Path.of("folder/environ"), Path.of("/proc/self/environ"));
        Files.writeString(Path.of("honest"), "honest");
    }
}
