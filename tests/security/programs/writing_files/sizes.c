/* Make a file larger than allowed in other ways than by writing; one line each. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void tell(const char *what, long result) {
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

int main(void) {
    signal(SIGXFSZ, SIG_IGN);
    long limit = 64 << 20;
    int fd = open("file", O_CREAT | O_RDWR, 0644), memory = memfd_create("memory", 0), shared = open("/dev/shm/x", O_CREAT | O_RDWR, 0600);
    tell("exactly as large as allowed", ftruncate(fd, limit));
    tell("truncate", ftruncate(fd, limit + 1));
    tell("truncate to the highest", ftruncate(fd, 0x7fffffffffffffff));
    tell("truncate by name", truncate("file", 1L << 40));
    tell("fallocate", fallocate(fd, 0, limit, 1));
    tell("fallocate without size", fallocate(fd, FALLOC_FL_KEEP_SIZE, 1L << 40, 1 << 20));
    tell("write beyond", pwrite(fd, "x", 1, limit));
    tell("write far beyond", pwrite(fd, "x", 1, 1L << 40));
    tell("memfd", ftruncate(memory, limit + 1));
    tell("shared memory", ftruncate(shared, limit + 1));
    tell("open", open("/dev/shm", O_TMPFILE | O_RDWR, 0600));
}
