/* Become root of a user namespace of one's own and mount there, as any user may outside; a line for each step. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(const char *what, long result) {
    printf("%s %d\n", what, result < 0 ? errno : 0);
}

static long put(const char *path, const char *text) {
    int fd = open(path, O_WRONLY);
    return fd < 0 ? -1 : write(fd, text, strlen(text));
}

static void become_root(void) {
    tell("setgroups", put("/proc/self/setgroups", "deny"));
    tell("gid_map", put("/proc/self/gid_map", "0 1000 1"));
    tell("uid_map", put("/proc/self/uid_map", "0 1000 1"));
    tell("mount", mount("tmpfs", "/tmp", "tmpfs", 0, 0));
    tell("sethostname", sethostname("evil", 4));
    tell("chroot", chroot("/tmp"));
    fflush(stdout);
}

int main(void) {
    long pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0)
        _exit(0);
    tell("clone", pid);
    while (wait(0) > 0);
    tell("unshare", unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS));
    become_root();
}
