/* Take all of it at once, in more memory than the limit that was asked for and never used. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    size_t size = (size_t)atoi(argv[1]) << 20;
    puts("begun");
    fflush(stdout);
    char *kept = malloc(size);
    memset(kept, 1, size);
    __asm__ volatile("" : : "r"(kept) : "memory");
    puts("filled");
}
