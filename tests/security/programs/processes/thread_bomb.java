// Start threads that stay, as many as the argument says (0: for ever); say how many there were.
class Main {
    public static void main(String[] args) {
        int wanted = Integer.parseInt(args[0]), threads = 0;
        while (wanted == 0 || threads < wanted) {
            try {
                Thread thread = new Thread(null, () -> { while (true) java.util.concurrent.locks.LockSupport.park(); }, "t", 65536);
                thread.setDaemon(true);
                thread.start();
                threads++;
            } catch (OutOfMemoryError error) {
                if (wanted > 0) {
                    System.out.println(error.getMessage());
                    break;
                }
            }
        }
        System.out.println("threads " + threads);
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
