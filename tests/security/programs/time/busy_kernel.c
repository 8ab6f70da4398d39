/* Spend the time in the kernel, in single calls that take long. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    size_t size = 64 << 20;
    int random = open("/dev/urandom", O_RDONLY);
    void *map = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    puts("busy");
    fflush(stdout);
    for (;;)
        read(random, map, size);
}
