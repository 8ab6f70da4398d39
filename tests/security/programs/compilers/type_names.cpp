// A type whose name doubles with every level, and stands in the error.
template <class A, class B> struct P {};
template <int N> struct G { using type = P<typename G<N - 1>::type, typename G<N - 1>::type>; };
template <> struct G<0> { using type = int; };
int main() { G<24>::type x; int y = x; }
