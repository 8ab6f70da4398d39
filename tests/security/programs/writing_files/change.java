// Change each of the files of the arguments in every way there is; one line each.
import java.nio.file.*;
import java.nio.file.attribute.*;

class Main {
    interface Action { void run() throws Exception; }

    static void attempt(String what, Path path, Action action) {
        try {
            action.run();
            System.out.println(what + " " + path + ": done");
        } catch (Exception error) {
            System.out.println(what + " " + path + ": " + error);
        }
    }

    public static void main(String[] args) throws Exception {
        for (String name : args) {
            Path path = Path.of(name), own = Path.of("own");
            Files.writeString(own, "evil");
            attempt("write", path, () -> Files.writeString(path, "evil", StandardOpenOption.WRITE));
            attempt("append", path, () -> Files.writeString(path, "evil", StandardOpenOption.APPEND));
            attempt("truncate", path, () -> Files.newByteChannel(path, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING).close());
            attempt("map", path, () -> new java.io.RandomAccessFile(name, "rw").getChannel());
            attempt("chmod", path, () -> Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx")));
            attempt("times", path, () -> Files.setLastModifiedTime(path, FileTime.fromMillis(1)));
            attempt("attribute", path, () -> Files.setAttribute(path, "user:evil", new byte[1]));
            attempt("move over", path, () -> Files.move(own, path, StandardCopyOption.REPLACE_EXISTING));
            attempt("delete", path, () -> Files.delete(path));
        }
    }
}
