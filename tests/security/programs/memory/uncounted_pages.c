/* Take pages of the host's pool of huge ones, or ones that nobody else may look at: a cgroup counts neither. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SIZE (2 << 20)

static void tell(const char *what, int failed) {
    printf("%s: %s\n", what, failed ? strerror(errno) : "done");
}

int main(void) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB;
    tell("mmap", mmap(0, SIZE, PROT_READ, flags | MAP_NORESERVE, -1, 0) == MAP_FAILED);
    tell("mmap 1 GiB", mmap(0, 1 << 30, PROT_READ, flags | MAP_NORESERVE | (30 << MAP_HUGE_SHIFT), -1, 0) == MAP_FAILED);
    tell("mmap with high bits", syscall(SYS_mmap, 0, SIZE, PROT_READ, flags | MAP_NORESERVE | (1L << 40), -1, 0) == -1);
    tell("memfd_create", memfd_create("x", MFD_HUGETLB) < 0);
    tell("memfd_create 1 GiB", memfd_create("x", MFD_HUGETLB | (30 << 26)) < 0);
    tell("memfd_secret", syscall(447, 0) < 0);
    int segment = shmget(IPC_PRIVATE, SIZE, 0600 | SHM_HUGETLB | 010000 /* SHM_NORESERVE */);
    tell("shmget", segment < 0);
    shmctl(segment, IPC_RMID, 0);
}
