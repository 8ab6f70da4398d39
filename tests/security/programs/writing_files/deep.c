/* Make folders in folders, as many as the argument says; say how many there are. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int depth = 0, wanted = atoi(argv[2]);
    if (chdir(argv[1]) < 0)
        return 1;
    while (depth < wanted && mkdir("d", 0755) == 0 && chdir("d") == 0)
        depth++;
    puts(depth < wanted ? strerror(errno) : "there");
    printf("depth %d\n", depth);
}
