// Fetch each of the arguments with what the language has for it; one line each.
import java.net.*;

class Main {
    public static void main(String[] args) throws Exception {
        for (String url : args) {
            try {
                var connection = (HttpURLConnection) new URI(url).toURL().openConnection();
                connection.setConnectTimeout(5000);
                connection.setReadTimeout(5000);
                System.out.println(url + ": done " + connection.getResponseCode());
            } catch (java.io.IOException error) {
                System.out.println(url + ": " + error);
            }
        }
    }
}
