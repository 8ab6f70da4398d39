// Read each of the files, or list each of the folders, of the arguments; one line each.
import java.nio.file.*;

class Main {
    public static void main(String[] args) {
        for (String name : args) {
            Path path = Path.of(name);
            try {
                if (Files.isDirectory(path))
                    Files.list(path).close();
                else
                    Files.newInputStream(path).read();
                System.out.println(path + ": done");
            } catch (java.io.IOException error) {
                System.out.println(path + ": " + error);
            }
        }
    }
}
