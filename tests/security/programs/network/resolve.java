// Look up each of the arguments; one line each.
class Main {
    public static void main(String[] args) {
        for (String name : args) {
            try {
                java.net.InetAddress.getByName(name);
                System.out.println(name + ": done");
            } catch (java.net.UnknownHostException error) {
                System.out.println(name + ": " + error.getMessage());
            }
        }
    }
}
