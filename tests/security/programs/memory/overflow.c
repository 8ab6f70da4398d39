/* Recurse without end, having asked for a stack without end. */
#include <stdio.h>
#include <sys/resource.h>

static int recurse(volatile char *before) {
    volatile char frame[4096];
    frame[0] = *before;
    return recurse(frame) + frame[1];
}

int main(void) {
    struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
    char first = 1;
    puts(setrlimit(RLIMIT_STACK, &none) ? "begun" : "unlimited");
    fflush(stdout);
    return recurse(&first);
}
