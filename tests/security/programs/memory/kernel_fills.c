/* Let the kernel fill the memory, not the program: populate, read into it, grow it, move it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv) {
    size_t part = ((size_t)atoi(argv[1]) << 20) / 4;
    int zero = open("/dev/zero", O_RDONLY);
    puts("begun");
    fflush(stdout);
    if (mmap(0, part, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) == MAP_FAILED)
        return perror("mmap"), 1;
    char *map = mmap(0, part, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (madvise(map, part, 23 /* MADV_POPULATE_WRITE */))
        return perror("madvise"), 1;
    if (read(zero, mmap(0, part, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), part) != (ssize_t)part)
        return perror("read"), 1;
    if (read(zero, sbrk(part), part) != (ssize_t)part)
        return perror("sbrk"), 1;
    puts("filled");
}
