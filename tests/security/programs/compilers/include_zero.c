/* A source without end or line. */
#include "/dev/zero"
int main(void) {}
