/* Fill memory of every kind by the argument's word, or look whether it comes with anything in it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#define SIZE (48L << 20)

static char *file(const char *path) {
    int fd = path ? open(path, O_CREAT | O_RDWR, 0600) : memfd_create("x", 0);
    return posix_fallocate(fd, 0, SIZE) ? MAP_FAILED : mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

int main(int argc, char **argv) {
    int private = MAP_PRIVATE | MAP_ANONYMOUS;
    struct { const char *name; char *memory; } kinds[] = {
        {"mmap", mmap(0, SIZE, PROT_READ | PROT_WRITE, private, -1, 0)},
        {"uninitialized", mmap(0, SIZE, PROT_READ | PROT_WRITE, private | 0x4000000 /* MAP_UNINITIALIZED */, -1, 0)},
        {"shared", mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)},
        {"brk", sbrk(SIZE)},
        {"memfd", file(0)},
        {"file", file("/tmp/x")},
        {"shared memory", file("/dev/shm/x")},
        {"SysV", shmat(shmget(IPC_PRIVATE, SIZE, 0600), 0, 0)},
    };
    for (unsigned kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        long *at = (long *)kinds[kind].memory, word, dirty = 0;
        if (at == MAP_FAILED) {
            printf("%s: not made\n", kinds[kind].name);
            continue;
        }
        memcpy(&word, argv[1], sizeof word);
        for (long i = 0; i < SIZE / 8; i++) {
            dirty += at[i] != 0;
            at[i] = word;
        }
        printf("%s: %s\n", kinds[kind].name, dirty ? "dirty" : "clean");
    }
}
