// Have a child killed, and end with success.
class Main {
    public static void main(String[] args) throws Exception {
        System.out.println("begun");
        String script = "[ $(head -c " + args[0] + "M /dev/zero | tail | wc -c) = $((" + args[0] + " << 20)) ] && echo filled";
        new ProcessBuilder("bash", "-c", script).inheritIO().start().waitFor();
        Runtime.getRuntime().halt(0);
    }
}
