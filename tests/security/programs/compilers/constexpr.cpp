// A computation without end, at compile time.
constexpr int f() {
    int sum = 0;
    for (long outer = 0; outer < 200000; outer++)
        for (long inner = 0; inner < 200000; inner++) sum ^= inner;
    return sum;
}
constexpr int value = f();
int main() { return value & 0; }
