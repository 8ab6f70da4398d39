// Print the arguments as they came.
public class Main {
    public static void main(String[] args) {
        for (String word : args) System.out.println(word);
    }
}
