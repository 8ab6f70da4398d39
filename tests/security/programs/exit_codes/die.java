// Have a child send the signal that the argument says.
class Main {
    public static void main(String[] args) throws Exception {
        new ProcessBuilder("bash", "-c", "kill -" + args[0] + " " + ProcessHandle.current().pid()).start().waitFor();
        Thread.sleep(2000);
        System.exit(42);
    }
}
