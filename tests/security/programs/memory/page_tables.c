/* Read one byte of every 2 MiB: page tables, and not one page of memory. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(int argc, char **argv) {
    puts("begun");
    fflush(stdout);
    size_t step = 2 << 20, size = ((size_t)atoi(argv[1]) << 20) / 4096 * step;
    volatile char *map = mmap(0, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED)
        return perror("mmap"), 1;
    madvise((void *)map, size, MADV_NOHUGEPAGE);
    for (size_t at = 0; at < size; at += step)
        map[at];
    puts("filled");
}
