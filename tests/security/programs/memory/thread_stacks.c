/* Threads that each use a large stack up. */
#include <alloca.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t size;
static pthread_barrier_t all;

static void *use(void *unused) {
    char *stack = alloca(size);
    memset(stack, 1, size);
    __asm__ volatile("" : : "r"(stack) : "memory");
    pthread_barrier_wait(&all);
    return 0;
}

int main(int argc, char **argv) {
    puts("begun");
    fflush(stdout);
    pthread_t threads[10];
    pthread_attr_t large;
    size = ((size_t)atoi(argv[1]) << 20) / 10;
    pthread_attr_init(&large);
    pthread_attr_setstacksize(&large, size + (1 << 20));
    pthread_barrier_init(&all, 0, 10);
    for (int number = 0; number < 10; number++)
        if (pthread_create(&threads[number], &large, use, 0))
            return puts("no thread"), 1;
    for (int number = 0; number < 10; number++)
        pthread_join(threads[number], 0);
    puts("filled");
}
