// Spawn children that stay, as many as the argument says (0: for ever); say how many there were.
class Main {
    public static void main(String[] args) throws Exception {
        int wanted = Integer.parseInt(args[0]), children = 0;
        while (wanted == 0 || children < wanted) {
            try {
                new ProcessBuilder("sleep", "1000").start();
                children++;
            } catch (java.io.IOException | OutOfMemoryError error) { // no process, or no thread to reap it
                if (wanted > 0) {
                    System.out.println("Resource temporarily unavailable");
                    break;
                }
            }
        }
        System.out.println("children " + children);
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
