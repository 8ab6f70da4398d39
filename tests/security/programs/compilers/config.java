// Say whether the compiler executed owned.sh, by an annotation processor for one; then execute it, which shows that it works.
import java.io.File;

@Deprecated
public class Main {
    static void look() {
        System.out.println(new File("owned").exists() ? "done" : "no");
    }

    public static void main(String[] args) throws Exception {
        look();
        Owned.execute();
        look();
    }
}
