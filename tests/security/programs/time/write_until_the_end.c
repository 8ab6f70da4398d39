/* Write numbers until the time is up: what is returned must be all of the first ones. */
#include <stdio.h>
#include <time.h>

int main(void) {
    setvbuf(stdout, 0, _IOLBF, 1 << 12);
    for (int number = 0;; number++) {
        printf("%d\n", number);
        nanosleep(&(struct timespec){0, 50000}, 0);
    }
}
