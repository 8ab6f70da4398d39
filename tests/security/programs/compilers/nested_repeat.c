/* Loops in loops of the assembler's. */
__asm__(".macro m a, b\n.if \\a\nm \"\\a-1\", \\b\nm \"\\a-1\", \\b\n.endif\nnop\n.endm\nm 28, 0");
int main(void) {}
