// A class that needs the next one, for ever.
template <int N> struct F { static const int value = F<N + 1>::value; };
template <> struct F<2000> { static const int value = 1; };
int main() { return F<1>::value == 0; }
