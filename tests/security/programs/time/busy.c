/* Never end, and never sleep; ask for no processor time at all, and for less of it than others. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>

int main(void) {
    struct sched_param none = {0};
    puts("busy");
    fflush(stdout);
    sched_setscheduler(0, SCHED_IDLE, &none);
    setpriority(PRIO_PROCESS, 0, 19);
    for (volatile long turn = 0;; turn++)
        ;
}
