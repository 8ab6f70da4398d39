/* Ask for what must not be told of one's own memory: where its pages are, where the kernel is. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    unsigned long entry = 0, address = (unsigned long)malloc(1 << 20);
    *(volatile char *)address = 1;
    int fd = open("/proc/self/pagemap", O_RDONLY);
    long got = fd < 0 ? -1 : pread(fd, &entry, 8, address / 4096 * 8);
    printf("present: %d\n", got == 8 && entry >> 63);
    printf("frame: %lx\n", entry & 0x7fffffffffffff);
    static const char *names[] = {"/proc/kpagecount", "/proc/kpageflags", "/proc/kpagecgroup"};
    for (int i = 0; i < 3; i++)
        printf("%s: %s\n", names[i], open(names[i], O_RDONLY) < 0 ? "refused" : "done");
}
