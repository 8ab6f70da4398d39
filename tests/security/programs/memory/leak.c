/* Take a little more again and again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    puts("begun");
    fflush(stdout);
    for (long left = atol(argv[1]) << 10; left > 0; left--) {
        char *piece = malloc(1008);
        memset(piece, 1, 1008);
        __asm__ volatile("" : : "r"(piece) : "memory");
    }
    puts("filled");
}
