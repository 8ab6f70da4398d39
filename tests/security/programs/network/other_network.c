/* Enter another network namespace, or a new one; one line each. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void tell(const char *what, long result) {
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

int main(void) {
    int init = open("/proc/1/ns/net", O_RDONLY), own = open("/proc/self/ns/net", O_RDONLY);
    tell("namespace of init", init);
    tell("setns", setns(own, CLONE_NEWNET));
    tell("setns by pidfd", setns(syscall(SYS_pidfd_open, getpid(), 0), CLONE_NEWNET));
    tell("unshare", unshare(CLONE_NEWNET));
    int child = syscall(SYS_clone, CLONE_NEWNET | 17, 0, 0, 0, 0);
    if (child == 0)
        _exit(0);
    tell("clone", child);
}
