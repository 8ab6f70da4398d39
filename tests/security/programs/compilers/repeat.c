/* One line that the assembler makes two billion of. */
__asm__(".rept 2000000000\nnop\n.endr");
int main(void) {}
