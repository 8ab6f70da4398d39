/* The assembler quotes what it does not understand. */
__asm__(".include \"/etc/debian_version\"");
int main(void) {}
