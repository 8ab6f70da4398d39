/* Many children, each of them small. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    puts("begun");
    fflush(stdout);
    int ready[2], gate[2], count = 0;
    char one;
    pipe(ready), pipe(gate);
    for (int child = 0; child < 50; child++)
        if (fork() == 0) {
            size_t size = ((size_t)atoi(argv[1]) << 20) / 50;
            memset(mmap(0, size, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1, size);
            close(gate[1]);
            write(ready[1], "x", 1);
            read(gate[0], &one, 1);
            _exit(0);
        }
    close(ready[1]);
    while (count < 50 && read(ready[0], &one, 1) == 1)
        count++;
    puts(count == 50 ? "filled" : "bereaved");
}
