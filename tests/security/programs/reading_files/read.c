/* Read each of the files, or open each of the folders, of the arguments; one line each. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        char byte;
        int fd = open(argv[i], O_RDONLY);
        int failed = fd < 0 || (read(fd, &byte, 1) < 0 && errno != EISDIR);
        printf("%s: %s\n", argv[i], failed ? strerror(errno) : "done");
        close(fd);
    }
}
