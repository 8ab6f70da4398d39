/* Die by a signal that nobody sends by name, in the way that the argument says. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
    const char *way = argv[1];
    volatile int zero = 0;
    int ends[2];
    struct itimerval soon = {{0, 0}, {0, 10000}};
    if (!strcmp(way, "null pointer"))
        *(volatile int *)(size_t)zero = 1;
    if (!strcmp(way, "division"))
        zero = argc / zero;
    if (!strcmp(way, "illegal instruction"))
        __asm__ volatile("ud2");
    if (!strcmp(way, "privileged instruction"))
        __asm__ volatile("hlt");
    if (!strcmp(way, "breakpoint"))
        __asm__ volatile("int3");
    if (!strcmp(way, "end of file"))
        *(volatile char *)mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, open("/tmp/x", O_RDWR | O_CREAT, 0600), 0) = 1;
    if (!strcmp(way, "abort"))
        abort();
    if (!strcmp(way, "stack smashed"))
        __builtin_trap();
    if (!strcmp(way, "pipe that nobody reads") && !pipe(ends) && !close(ends[0]))
        write(ends[1], "x", 1);
    if (!strcmp(way, "alarm"))
        alarm(1), pause();
    if (!strcmp(way, "virtual timer") && !setitimer(ITIMER_VIRTUAL, &soon, 0))
        for (;;)
            ;
    if (!strcmp(way, "profiling timer") && !setitimer(ITIMER_PROF, &soon, 0))
        for (;;)
            ;
    if (!strcmp(way, "own CPU limit") && !setrlimit(RLIMIT_CPU, &(struct rlimit){1, 2}))
        for (;;)
            ;
    if (!strcmp(way, "own CPU limit, hard") && !setrlimit(RLIMIT_CPU, &(struct rlimit){1, 1}))
        for (signal(SIGXCPU, SIG_IGN);;)
            ;
    if (!strcmp(way, "own file size limit") && !setrlimit(RLIMIT_FSIZE, &(struct rlimit){10, 10}))
        write(open("/tmp/x", O_WRONLY | O_CREAT, 0600), way, 11), write(open("/tmp/x", O_WRONLY | O_APPEND), way, 11);
    if (!strcmp(way, "real-time timer")) {
        struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 5};
        timer_t timer;
        timer_create(CLOCK_MONOTONIC, &event, &timer);
        timer_settime(timer, 0, &(struct itimerspec){{0, 0}, {0, 1000000}}, 0);
        pause();
    }
    if (!strcmp(way, "asynchronous input") && !pipe(ends)) {
        fcntl(ends[0], F_SETOWN, getpid());
        fcntl(ends[0], F_SETFL, O_ASYNC);
        write(ends[1], "x", 1);
    }
    if (!strcmp(way, "parent's death")) {
        if (fork() == 0) {
            kill(getppid(), SIGQUIT);
            pause();
        }
        pause();
    }
    return 42;
}
