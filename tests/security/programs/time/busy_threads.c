/* Many threads that burn time, and a first one that has ended. */
#include <pthread.h>
#include <stdio.h>

static void *burn(void *unused) {
    for (volatile long turn = 0;; turn++)
        ;
}

int main(void) {
    puts("busy");
    fflush(stdout);
    for (int number = 0; number < 20; number++)
        pthread_create(&(pthread_t){0}, 0, burn, 0);
    pthread_exit(0);
}
