/* The same refused call from every place that code can run in: the filter must be in all of them. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void attempt(const char *where) {
    dprintf(1, "%s %d\n", where, syscall(SYS_mount, "tmpfs", "/tmp", "tmpfs", 0, 0) < 0 ? errno : 0);
}

static void *in_thread(void *where) {
    attempt(where);
    return 0;
}

static int in_clone(void *where) {
    attempt(where);
    return 0;
}

static void in_handler(int number) {
    attempt("handler");
}

__attribute__((destructor)) static void last(void) {
    attempt("destructor");
}

__attribute__((constructor)) static void first(void) {
    attempt("constructor");
}

int main(int argc, char **argv) {
    pthread_t thread;
    if (argc > 1)
        return attempt("exec"), _exit(0), 0;
    attempt("main");
    pthread_create(&thread, 0, in_thread, "thread");
    pthread_join(thread, 0);
    if (fork() == 0)
        in_thread("fork"), _exit(0);
    wait(0);
    if (vfork() == 0)
        in_thread("vfork"), _exit(0);
    wait(0);
    clone(in_clone, (char *)malloc(65536) + 65536, CLONE_VM | CLONE_FS | CLONE_FILES | SIGCHLD, "clone");
    wait(0);
    signal(SIGUSR1, in_handler);
    raise(SIGUSR1);
    if (fork() == 0)
        setsid(), execl(argv[0], argv[0], "again", (char *)0);
    wait(0);
    int fd = memfd_create("copy", 0);
    FILE *self = fopen("/proc/self/exe", "r");
    char buffer[65536];
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, self)) > 0;)
        write(fd, buffer, got);
    if (fork() == 0)
        fexecve(fd, (char *[]){"copy", "again", 0}, environ);
    wait(0);
}
