/* End as if there had been no memory left, close to the limit but never above it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
    size_t size = (size_t)atoi(argv[1]) << 20;
    char *kept = malloc(size);
    memset(kept, 1, size);
    __asm__ volatile("" : : "r"(kept) : "memory");
    fprintf(stderr, "Out of memory: Killed process %d\n", getpid());
    if (!strcmp(argv[2], "exit"))
        _exit(137);
    kill(getpid(), SIGKILL);
}
