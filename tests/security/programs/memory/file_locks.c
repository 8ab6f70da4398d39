/* Take locks on every other byte of many files: memory of the kernel, some 190 bytes each. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
    puts("begun");
    fflush(stdout);
    long left = ((long)atoi(argv[1]) << 20) / 190;
    for (int file = 0; left > 0; file++) {
        char name[50];
        sprintf(name, "/tmp/%d", file);
        int fd = open(name, O_RDWR | O_CREAT, 0600);
        if (fd < 0)
            return perror("open"), 1;
        for (int at = 1999; at >= 0; at--, left--) {
            struct flock lock = {F_RDLCK, SEEK_SET, at * 2, 1, 0};
            if (fcntl(fd, F_SETLK, &lock))
                return perror("fcntl"), 1;
        }
    }
    puts("filled");
}
