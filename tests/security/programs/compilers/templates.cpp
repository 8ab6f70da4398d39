// Two to the power of 26 classes.
template <int N, int M> struct F { static const int value = F<N - 1, M * 2>::value + F<N - 1, M * 2 + 1>::value; };
template <int M> struct F<0, M> { static const int value = 1; };
int main() { return F<26, 1>::value == 0; }
