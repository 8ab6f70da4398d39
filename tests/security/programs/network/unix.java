// Connect to the unix sockets of the arguments; one line each. Java knows no abstract ones.
import java.net.*;
import java.nio.channels.SocketChannel;

class Main {
    public static void main(String[] args) {
        for (String name : args) {
            try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(name))) {
                System.out.println(name + ": done");
            } catch (Exception error) {
                System.out.println(name + ": " + error.getMessage());
            }
        }
    }
}
