// Say which interfaces and addresses there are.
import java.net.*;
import java.util.*;

class Main {
    public static void main(String[] args) {
        try {
            for (var found : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                System.out.println("interface " + found.getName() + (found.isUp() ? " up" : " down"));
                for (var address : Collections.list(found.getInetAddresses()))
                    System.out.println("address " + address.getHostAddress());
            }
        } catch (SocketException error) {
            System.out.println("error " + error.getMessage());
        }
        System.out.println("end");
    }
}
