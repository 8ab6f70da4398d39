// Reach each of the arguments, such as tcp/127.0.0.1/80, and send a word; one line each.
import java.net.*;

class Main {
    public static void main(String[] args) {
        for (String target : args) {
            String[] parts = target.split("/");
            System.out.println(target + ": " + reach(parts[0], new InetSocketAddress(parts[1], Integer.parseInt(parts[2]))));
        }
    }

    static String reach(String kind, InetSocketAddress address) {
        try {
            if (kind.equals("tcp")) {
                try (Socket socket = new Socket()) {
                    socket.connect(address, 5000);
                    socket.getOutputStream().write("secret".getBytes());
                }
            } else {
                try (DatagramSocket socket = new DatagramSocket()) {
                    socket.send(new DatagramPacket("secret".getBytes(), 6, address));
                }
            }
            return "done";
        } catch (Exception error) {
            return error.getMessage();
        }
    }
}
