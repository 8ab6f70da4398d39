/* A hole of a terabyte. */
__asm__(".data\n.space 1000000000000\n.text");
int main(void) {}
