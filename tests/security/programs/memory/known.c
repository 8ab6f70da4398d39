/* Use a known amount of memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    size_t size = (size_t)atoi(argv[2]) << 20;
    char *kept = malloc(size + 1);
    memset(kept, 1, size);
    __asm__ volatile("" : : "r"(kept) : "memory");
    puts("done");
}
