/* Each generation lives for a moment only, and burns that. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    puts("busy");
    fflush(stdout);
    if (fork())
        for (;;)
            wait(0), pause();
    for (;;) {
        for (volatile long turn = 0; turn < 200000; turn++)
            ;
        if (fork())
            _exit(0);
    }
}
