/* What a program finds of those who started it: a line for each thing that is not as it should be, then its environment. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static int checks;

static void check(int is_right, const char *what) {
    checks++;
    if (!is_right)
        printf("wrong: %s\n", what);
}

static void signals(void) {
    sigset_t set;
    struct sigaction action;
    struct itimerval timer;
    sigprocmask(SIG_BLOCK, 0, &set);
    for (int number = 1; number < 65; number++) {
        check(sigismember(&set, number) != 1, "a blocked signal");
        int is_known = sigaction(number, 0, &action) == 0; /* two are the C library's own */
        check(!is_known || action.sa_handler == SIG_DFL, strsignal(number));
    }
    sigpending(&set);
    check(sigisemptyset(&set), "a pending signal");
    for (int which = 0; which < 3; which++)
        check(getitimer(which, &timer) == 0 && timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0, "a timer");
    check(alarm(0) == 0, "an alarm");
}

static void descriptors(void) {
    struct stat status;
    for (int fd = 0; fd < 3; fd++)
        check(fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) && !(fcntl(fd, F_GETFL) & (O_NONBLOCK | O_ASYNC)), "a standard stream");
    for (int fd = 3; fd < 70000; fd++)
        check(fcntl(fd, F_GETFD) < 0 && errno == EBADF, "a descriptor");
    check((fcntl(0, F_GETFL) & O_ACCMODE) == O_RDONLY && (fcntl(1, F_GETFL) & O_ACCMODE) == O_WRONLY && (fcntl(2, F_GETFL) & O_ACCMODE) == O_WRONLY, "a mode");
    check(openat(0, "..", O_RDONLY) < 0 && openat(1, "..", O_RDONLY) < 0, "a folder");
}

static void session(void) {
    int pid = getpid(), number;
    check(getppid() == 1, "the parent");
    check(getsid(0) == pid && getpgid(0) == pid, "the session");
    check(open("/dev/tty", O_RDWR) < 0 && open("/dev/console", O_RDWR) < 0 && open("/dev/ptmx", O_RDWR) < 0, "a terminal");
    check(tcgetpgrp(0) < 0 && ioctl(0, TIOCSCTTY, 1) < 0, "a controlling terminal");
    FILE *stat = fopen("/proc/self/stat", "r");
    check(fscanf(stat, "%*d %*s %*c %*d %*d %*d %d", &number) == 1 && number == 0, "a terminal's number");
}

static void attributes(void) {
    int value = -1;
    cpu_set_t processors;
    char text[256] = "";
    check(umask(0) == 022, "the umask");
    check(getpriority(PRIO_PROCESS, 0) == 0 && sched_getscheduler(0) == SCHED_OTHER, "the priority");
    check(personality(0xffffffff) == 0, "the personality");
    check(prctl(PR_GET_PDEATHSIG, &value) == 0 && value == 0, "a death signal");
    check(prctl(PR_GET_DUMPABLE) == 1 && prctl(PR_GET_CHILD_SUBREAPER, &value) == 0 && value == 0, "dumpable, subreaper");
    check(sched_getaffinity(0, sizeof processors, &processors) == 0 && CPU_COUNT(&processors) == sysconf(_SC_NPROCESSORS_ONLN), "the processors");
    check(fread(text, 1, 255, fopen("/proc/self/cgroup", "r")) > 0 && !strstr(text, "runjail") && strstr(text, ":/\n"), "the cgroup");
    check(fread(text, 1, 255, fopen("/proc/self/oom_score_adj", "r")) > 0 && atoi(text) == 1000, "oom_score_adj");
    check(getcwd(text, sizeof text) && !strcmp(text, "/box"), "the folder");
    struct rlimit limit;
    check(getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max <= 1, "core dumps");
}

int main(int argc, char **argv, char **environment) {
    signals();
    descriptors();
    session();
    attributes();
    printf("checks %d\n", checks);
    for (; *environment; environment++)
        puts(*environment);
}
