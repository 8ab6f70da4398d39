/* Ask every kind of descriptor for every ioctl: the numbers 0 to ffff, and those that stdin names, in hex. Say which
   were not refused with EPERM, by descriptor, and how many were tried. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

static long tried;

static void ask(const char *what, int fd, unsigned long request) {
    tried++;
    /* Past the library, which might cut it to 32 bits. */
    if (syscall(SYS_ioctl, fd, request, 0) >= 0 || errno != EPERM)
        printf("%s %lx\n", what, request);
}

int main(void) {
    unsigned long named[4096], request;
    int count = 0;
    sigset_t none = {0};
    struct { const char *what; int fd; } all[] = {
        {"file", open("/tmp/file", O_RDWR | O_CREAT, 0600)}, {"folder", open("/tmp", O_RDONLY)}, {"toolchain", open("/usr/bin/env", O_RDONLY)},
        {"null", open("/dev/null", O_RDWR)}, {"random", open("/dev/urandom", O_RDWR)}, {"stdin", 0}, {"stdout", 1},
        {"inet", socket(AF_INET, SOCK_STREAM, 0)}, {"udp6", socket(AF_INET6, SOCK_DGRAM, 0)}, {"unix", socket(AF_UNIX, SOCK_DGRAM, 0)},
        {"epoll", epoll_create1(0)}, {"event", eventfd(0, 0)}, {"timer", timerfd_create(CLOCK_MONOTONIC, 0)}, {"inotify", inotify_init()},
        {"signal", signalfd(-1, &none, 0)}, {"memfd", memfd_create("x", 0)}, {"pid", syscall(SYS_pidfd_open, getpid(), 0)},
        {"proc", open("/proc/self/maps", O_RDONLY)}, {"namespace", open("/proc/self/ns/user", O_RDONLY)}, {"none", -1},
    };
    while (scanf("%lx", &request) == 1)
        named[count++] = request;
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].fd < 0 && i < sizeof all / sizeof *all - 1)
            printf("%s can't be opened\n", all[i].what);
        for (request = 0; request < 0x10000; request++)
            ask(all[i].what, all[i].fd, request);
        for (int j = 0; j < count; j++)
            ask(all[i].what, all[i].fd, named[j]);
    }
    printf("tried %ld\n", tried);
}
