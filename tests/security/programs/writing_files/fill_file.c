/* Write into one file of the folder in the argument until it is refused, or until the limit's signal comes; say how much. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc > 2)
        signal(SIGXFSZ, SIG_IGN);
    static char block[65536];
    chdir(argv[1]);
    int fd = open("large", O_CREAT | O_WRONLY, 0644);
    long size = 0, written;
    memset(block, 'x', sizeof block);
    while ((written = write(fd, block, sizeof block)) > 0)
        size += written;
    printf("%s\nsize %ld\n", strerror(errno), size);
    return argc > 2 ? atoi(argv[2]) : 0;
}
