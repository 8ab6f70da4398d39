/* Touch all of two sparse files, mapped, that together are larger than the disk; say how much could be. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static volatile long touched;

static void refuse(int number) {
    printf("refused\n");
    printf("touched %ld\n", touched);
    fflush(stdout);
    _exit(0);
}

int main(void) {
    signal(SIGBUS, refuse);
    for (int file = 0; file < 3; file++) {
        char name[] = {'f', '0' + file, 0};
        int fd = open(name, O_CREAT | O_RDWR, 0644);
        ftruncate(fd, 64 << 20);
        char *map = mmap(0, 64 << 20, PROT_WRITE, MAP_SHARED, fd, 0);
        for (long at = 0; at < 64 << 20; at += 4096, touched += 4096)
            map[at] = 1;
    }
    printf("touched %ld\n", touched);
}
