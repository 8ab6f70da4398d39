import com.sun.source.util.JavacTask;
import com.sun.source.util.TaskEvent;
import com.sun.source.util.TaskListener;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.Deflater;

import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.ForwardingJavaFileObject;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The compile stage of the Java runtimes: {@code Compile -o main.jar ./Main.java ./pkg/Helper.java} compiles all files into
 * one jar that {@code java -jar} can start, as javac and jar would, in one JVM. It runs no user code: no annotation
 * processors, and classes are looked at as javac's elements, never loaded. {@code Compile --version} prints the JDK's version.
 * {@code Compile -o main.jar @FIFO} gets itself warm, and then reads the files' names from the FIFO, NUL after each. When a NUL
 * is ahead of them, it says on descriptor 3 how it went, one byte, and waits for the next FIFO of that name.
 */
public final class Compile {

    private static final String SAMPLE = "/opt/runjail/java/Sample.java";

    private static final List<String> OPTIONS = List.of(
            "-encoding", "UTF-8",
            "-proc:none",
            // Where plugins of javac are looked for; without it that is the class path, and they run even so.
            "-processorpath", "/nonexistent",
            // Local variable names too: a NullPointerException then says 'because "name" is null', not '"<local4>"'.
            "-g",
            // What Class-Path gives the program at run time; the default would offer it this driver's own jar.
            "-classpath", ".",
            // All sources are on the command line. The class path would be searched for more, under names not given.
            "-sourcepath", "");

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length == 1 && args[0].equals("--version")) {
            System.out.println(System.getProperty("java.version"));
            return;
        }
        if (args.length < 3 || !args[0].equals("-o")) {
            System.err.println("usage: Compile -o JAR FILE.java ...");
            System.exit(2);
        }
        Path jar = Path.of(args[1]);
        List<String> names = Arrays.asList(args).subList(2, args.length);
        if (args[2].startsWith("@")) {
            compile(Path.of("/dev/null"), List.of(SAMPLE));
            System.gc(); // now, not in the middle of what somebody waits for
            names = awaitNames(jar, Path.of(args[2].substring(1)));
        }
        System.exit(compile(jar, names) ? 0 : 1);
    }

    /** Compile for as long as we are asked to stay; return the names for the last time. */
    private static List<String> awaitNames(Path jar, Path fifo) throws IOException, InterruptedException {
        while (true) {
            String message = Files.readString(fifo);
            if (!message.startsWith("\0")) {
                return List.of(message.split("\0"));
            }
            int code = compile(jar, List.of(message.substring(1).split("\0"))) ? 0 : 1;
            System.out.flush();
            System.err.flush();
            try (OutputStream status = new FileOutputStream("/dev/fd/3")) {
                status.write(code);
            }
            System.gc(); // what this one took is not the next one's
            while (!Files.exists(fifo)) {
                Thread.sleep(1); // what was compiled is taken away, and all else that is there
            }
        }
    }

    private static boolean compile(Path jar, List<String> names) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<Source> sources = new ArrayList<>();
            for (String name : names) {
                for (JavaFileObject file : files.getJavaFileObjects(name)) {
                    sources.add(new Source(file, name, sources.size()));
                }
            }
            ClassFiles classFiles = new ClassFiles(files);
            // No diagnostic listener: only then does javac format and count the diagnostics itself.
            JavacTask task = (JavacTask) compiler.getTask(null, classFiles, null, OPTIONS, null, sources);
            EntryPoint entry = new EntryPoint(task.getElements(), sources);
            task.addTaskListener(entry);
            if (!task.call()) {
                return false;
            }
            if (entry.className == null) {
                System.err.println("error: no class with a main method found in "
                        + String.join(", ", sources.stream().map(Source::getName).toList()));
                System.err.println("  Java " + EntryPoint.FEATURE + " starts: " + EntryPoint.EXPECTED);
                return false;
            }
            try {
                writeJar(jar, entry.className, classFiles.bytes);
            } catch (IOException e) {
                System.err.println("error: cannot write " + jar + ": " + e.getMessage());
                return false;
            }
            return true;
        }
    }

    private static void writeJar(Path jar, String mainClass, Map<String, ByteArrayOutputStream> classes) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.MAIN_CLASS, mainClass);
        // -jar ignores -cp; this is what lets the program find resources beside the jar.
        main.put(Attributes.Name.CLASS_PATH, "./");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            // It is read once, by a JVM on the same machine.
            out.setLevel(Deflater.NO_COMPRESSION);
            for (Map.Entry<String, ByteArrayOutputStream> entry : classes.entrySet()) {
                out.putNextEntry(new JarEntry(entry.getKey().replace('.', '/') + ".class"));
                entry.getValue().writeTo(out);
                out.closeEntry();
            }
        }
    }

    /** A source file under the name the user knows, which may declare any public class. */
    private static final class Source extends ForwardingJavaFileObject<JavaFileObject> {
        final int index;
        private final String name;

        Source(JavaFileObject file, String name, int index) {
            super(file);
            this.index = index;
            this.name = name.startsWith("./") ? name.substring(2) : name;
        }

        @Override
        public Kind getKind() {
            return Kind.SOURCE; // whatever it is called
        }

        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            // "package-info" and "module-info" are questions about what the file is, not about a class in it.
            return (kind == Kind.SOURCE && !simpleName.endsWith("-info")) || super.isNameCompatible(simpleName, kind);
        }
    }

    /** Keeps the class files in memory: nothing is written unless all of the program compiles. */
    private static final class ClassFiles extends ForwardingJavaFileManager<JavaFileManager> {
        // One URI for all: javac does not ask, and not every class name can be made into one.
        private static final URI ANY = URI.create("memory:/any.class");
        final Map<String, ByteArrayOutputStream> bytes = new LinkedHashMap<>();

        ClassFiles(JavaFileManager files) {
            super(files);
        }

        @Override
        public boolean contains(Location location, FileObject file) {
            // Asked only of a module's sources, which must lie on the source path: what we were given does.
            return true;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(ANY, kind) {
                @Override
                public OutputStream openOutputStream() {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    bytes.put(name, out);
                    return out;
                }
            };
        }
    }

    /** The first top-level class, in the order of the files given, that {@code java} would start (JLS 12.1.4, JEP 512). */
    private static final class EntryPoint implements TaskListener {
        static final int FEATURE = Runtime.version().feature();
        private static final boolean INSTANCE_MAIN = FEATURE >= 25;
        static final String EXPECTED = INSTANCE_MAIN
                ? "static void main(String[] args) or void main()"
                : "public static void main(String[] args)";

        String className;
        private int bestIndex = Integer.MAX_VALUE;
        private final Elements elements;
        // javac hands its own wrappers of our file objects to listeners, so the URI is what identifies one.
        private final Map<URI, Integer> indexes = new HashMap<>();

        EntryPoint(Elements elements, List<Source> sources) {
            this.elements = elements;
            for (Source source : sources) {
                indexes.putIfAbsent(source.toUri(), source.index);
            }
        }

        @Override
        public void finished(TaskEvent event) {
            if (event.getKind() != TaskEvent.Kind.ANALYZE || event.getTypeElement() == null) {
                return;
            }
            int index = indexes.get(event.getSourceFile().toUri());
            if (index < bestIndex && canStart(event.getTypeElement())) {
                bestIndex = index;
                className = elements.getBinaryName(event.getTypeElement()).toString();
            }
        }

        private boolean canStart(TypeElement type) {
            // All members: an inherited main counts.
            for (ExecutableElement method : ElementFilter.methodsIn(elements.getAllMembers(type))) {
                if (isMain(method) && (method.getModifiers().contains(Modifier.STATIC) || canInstantiate(type))) {
                    return true;
                }
            }
            return false;
        }

        private static boolean isMain(ExecutableElement method) {
            if (!method.getSimpleName().contentEquals("main") || method.getReturnType().getKind() != TypeKind.VOID) {
                return false;
            }
            String parameters = method.getParameters().stream().map(p -> p.asType().toString()).toList().toString();
            if (INSTANCE_MAIN) {
                return !method.getModifiers().contains(Modifier.PRIVATE)
                        && (parameters.equals("[java.lang.String[]]") || parameters.equals("[]"));
            }
            return method.getModifiers().contains(Modifier.PUBLIC) && method.getModifiers().contains(Modifier.STATIC)
                    && parameters.equals("[java.lang.String[]]");
        }

        private static boolean canInstantiate(Element type) {
            return type.getKind() != ElementKind.INTERFACE && !type.getModifiers().contains(Modifier.ABSTRACT)
                    && ElementFilter.constructorsIn(type.getEnclosedElements()).stream()
                            .anyMatch(c -> c.getParameters().isEmpty() && !c.getModifiers().contains(Modifier.PRIVATE));
        }
    }
}
