/* 4 GiB that are in no file: touched as far as the argument says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static char bytes[4UL << 30];
int main(int argc, char **argv) {
    memset(bytes, 1, strtoul(argv[1], 0, 0));
    printf("%d %zu\n", bytes[0], sizeof bytes);
}
