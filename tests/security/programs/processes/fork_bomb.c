/* Fork children that stay, as many as the argument says (0: for ever); say how many there were. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int wanted = atoi(argv[1]), children = 0;
    while (!wanted || children < wanted) {
        pid_t pid = fork();
        if (pid == 0)
            for (;;)
                pause();
        if (pid > 0) {
            children++;
        } else if (wanted) {
            puts(strerror(errno));
            break;
        }
    }
    printf("children %d\n", children);
}
