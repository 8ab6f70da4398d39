/* Children with as many mappings as the kernel allows each of them: memory that is in no process. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    puts("begun");
    fflush(stdout);
    int children = atoi(argv[1]) / 10;
    for (int child = 0; child < children; child++) {
        int ready[2], made = 0;
        char one;
        pipe(ready);
        if (fork() == 0) {
            char *map = mmap(0, (size_t)200000 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            for (; made < 30000; made++)
                if (mprotect(map + (size_t)made * 8192, 4096, PROT_READ))
                    break;
            write(ready[1], "x", 1);
            pause();
        }
        read(ready[0], &one, 1);
    }
    puts("filled");
    fflush(stdout);
    kill(0, 9);
}
