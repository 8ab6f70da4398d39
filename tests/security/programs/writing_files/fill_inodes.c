/* Make as many empty files as there is room for, at most a million; say how many; end with the code of the second. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
    char name[16];
    int number = 0, fd;
    for (; number < 1000000; number++) {
        sprintf(name, "%d", number);
        if ((fd = open(name, O_CREAT | O_WRONLY, 0644)) < 0)
            break;
        close(fd);
    }
    printf("%s\nnumber %d\n", strerror(errno), number);
    return atoi(argv[2]);
}
