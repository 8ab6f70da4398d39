/* Every way into another namespace, made by hand; say of each the errno, 0 when done. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const unsigned long FLAGS[] = {CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID,
                                      CLONE_NEWNET, CLONE_NEWNS | CLONE_NEWPID, CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS, 0x7E020000};
static const char *NAMES[] = {"mnt", "cgroup", "uts", "ipc", "user", "pid", "net", "time"};

static void tell(const char *what, unsigned long detail, long result) {
    printf("%s_%lx %d\n", what, detail, result < 0 ? errno : 0);
    fflush(stdout);
}

static void try_unshare(unsigned long flags) {
    if (fork() == 0) {
        tell("unshare", flags, syscall(SYS_unshare, flags));
        _exit(0);
    }
    wait(0);
}

static void try_clone(unsigned long flags) {
    long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0)
        _exit(0);
    tell("clone", flags, pid);
    while (wait(0) > 0);
}

static void try_clone3(unsigned long flags) {
    struct clone_args args = {.flags = flags, .exit_signal = SIGCHLD};
    long pid = syscall(SYS_clone3, &args, sizeof args);
    if (pid == 0)
        _exit(0);
    tell("clone3", flags, pid);
    while (wait(0) > 0);
}

int main(void) {
    char path[64];
    for (unsigned i = 0; i < sizeof FLAGS / sizeof *FLAGS; i++) {
        try_unshare(FLAGS[i]);
        try_clone(FLAGS[i]);
        try_clone(FLAGS[i] | 0xFFFFFFFF00000000UL);
        try_clone(FLAGS[i] | CLONE_VM | CLONE_VFORK);
        try_clone3(FLAGS[i]);
    }
    try_unshare(CLONE_NEWTIME);
    try_unshare(CLONE_FILES);
    try_unshare(CLONE_FS);
    try_clone3(CLONE_NEWTIME);
    try_clone3(0);
    for (unsigned i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        sprintf(path, "/proc/self/ns/%s", NAMES[i]);
        int fd = open(path, O_RDONLY);
        tell("setns", i, fd < 0 ? 0 : syscall(SYS_setns, fd, 0));
    }
    tell("setns_pidfd", 0, syscall(SYS_setns, syscall(SYS_pidfd_open, getpid(), 0), CLONE_NEWNS | CLONE_NEWUTS));
}
