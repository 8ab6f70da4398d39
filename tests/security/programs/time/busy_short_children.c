/* Children that end before a clock tick could catch them. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    puts("busy");
    fflush(stdout);
    for (;;) {
        if (fork() == 0)
            _exit(0);
        wait(0);
    }
}
