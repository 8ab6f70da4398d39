// Sleep, in a thread that cannot be interrupted, when the JVM is ending.
class Main {
    public static void main(String[] args) {
        System.out.println("asleep");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> { while (true) java.util.concurrent.locks.LockSupport.park(); }));
        System.exit(0);
    }
}
