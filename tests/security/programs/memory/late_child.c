/* Only a grandchild that nobody waits for takes memory; whoever began it does nothing but wait for a pipe. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
    size_t size = (size_t)atoi(argv[1]) << 20;
    int ready[2];
    char one;
    puts("begun");
    fflush(stdout);
    pipe(ready);
    if (fork() == 0) {
        if (fork() == 0) {
            setsid();
            char *kept = malloc(size);
            memset(kept, 1, size);
            __asm__ volatile("" : : "r"(kept) : "memory");
            write(ready[1], "x", 1);
        }
        _exit(0);
    }
    close(ready[1]);
    puts(read(ready[0], &one, 1) == 1 ? "filled" : "bereaved");
}
