/* Start threads that stay, as many as the argument says (0: for ever); say how many there were. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *stay(void *unused) {
    for (;;)
        pause();
}

int main(int argc, char **argv) {
    int wanted = atoi(argv[1]), threads = 0, error;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 64 * 1024);
    while (!wanted || threads < wanted) {
        pthread_t thread;
        if ((error = pthread_create(&thread, &small, stay, 0)) == 0) {
            threads++;
        } else if (wanted) {
            puts(strerror(error));
            break;
        }
    }
    printf("threads %d\n", threads);
    exit(0);
}
