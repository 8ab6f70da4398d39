/* Leave session and process group again and again, each generation forking the next before it ends. */
#include <stdio.h>
#include <unistd.h>

int main(void) {
    puts("running");
    fflush(stdout);
    for (;;) {
        if (fork() == 0) {
            setsid();
            setpgid(0, 0);
        } else {
            _exit(0);
        }
    }
}
