// Never end, and never sleep.
class Main {
    static volatile long turn;

    public static void main(String[] args) {
        System.out.println("busy");
        for (;;) turn++;
    }
}
