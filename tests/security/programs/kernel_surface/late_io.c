/* Input and output that the kernel does on its own later, past a filter; say of each step the errno, 0 when done. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static void tell(const char *what, long result) {
    printf("%s %d\n", what, result < 0 ? errno : 0);
}

int main(void) {
    struct io_uring_params parameters = {0};
    aio_context_t context = 0;
    char buffer[16];
    struct iocb block = {.aio_lio_opcode = IOCB_CMD_PREAD, .aio_buf = (unsigned long)buffer, .aio_nbytes = 16};
    struct iocb *blocks[] = {&block};
    struct io_event event;
    block.aio_fildes = open("/etc/passwd", O_RDONLY);
    int ring = syscall(SYS_io_uring_setup, 4, &parameters);
    tell("io_uring_setup", ring);
    tell("io_uring_enter", syscall(SYS_io_uring_enter, ring, 0, 0, 0, 0, 0));
    tell("io_uring_register", syscall(SYS_io_uring_register, ring, IORING_REGISTER_PROBE, 0, 0));
    parameters = (struct io_uring_params){.flags = IORING_SETUP_SQPOLL};
    tell("io_uring_sqpoll", syscall(SYS_io_uring_setup, 4, &parameters));
    tell("io_setup", syscall(SYS_io_setup, 8, &context));
    tell("io_submit", syscall(SYS_io_submit, context, 1, blocks));
    tell("io_getevents", syscall(SYS_io_getevents, context, 1, 1, &event, 0));
    tell("io_cancel", syscall(SYS_io_cancel, context, &block, &event));
    tell("io_pgetevents", syscall(SYS_io_pgetevents, context, 0, 0, &event, &(struct timespec){0}, 0));
    tell("io_destroy", syscall(SYS_io_destroy, context));
    tell("fanotify_init", syscall(SYS_fanotify_init, 0, O_RDONLY));
    tell("fanotify_init_fid", syscall(SYS_fanotify_init, 0x200, O_RDONLY));
    tell("fanotify_mark", syscall(SYS_fanotify_mark, -1, 1, 1UL, AT_FDCWD, "/tmp"));
}
