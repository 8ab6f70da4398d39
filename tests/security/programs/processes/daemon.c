/* Double-fork a daemon that holds stdout open, writes into it later, and outlives everybody. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, 0, _IONBF, 0);
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            for (int number = 1; number < 65; number++)
                signal(number, SIG_IGN);
            printf("daemon\n");
            sleep(2);
            printf("outlived\n");
            sleep(1000);
        }
        _exit(0);
    }
    wait(0);
    usleep(500000);
    printf("parent\n");
}
