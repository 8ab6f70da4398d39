/* Pin memory of the host, in every way there is. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <unistd.h>

#define SIZE (8 << 20)

static void tell(const char *what, long failed) {
    printf("%s: %s\n", what, failed ? strerror(errno) : "done");
}

int main(void) {
    struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_MEMLOCK, &none);
    void *map = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    tell("mlock", mlock(map, SIZE));
    tell("mlock2", mlock2(map, SIZE, MLOCK_ONFAULT));
    tell("mlockall", mlockall(MCL_CURRENT));
    tell("MAP_LOCKED", mmap(0, SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0) == MAP_FAILED);
    int segment = shmget(IPC_PRIVATE, SIZE, 0600);
    tell("SHM_LOCK", shmctl(segment, SHM_LOCK, 0));
    shmctl(segment, IPC_RMID, 0);
    if (mlockall(MCL_FUTURE) == 0)
        tell("MCL_FUTURE", mmap(0, SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
    else
        tell("MCL_FUTURE", -1);
}
