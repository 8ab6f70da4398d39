/* A source without end. */
#include </dev/random>
int main(void) {}
