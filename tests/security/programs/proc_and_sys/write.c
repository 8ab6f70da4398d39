/* Open each of the files of the arguments after the first for writing, and unless that is "open" write to it; one line each. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
    for (int i = 2; i < argc; i++) {
        int fd = open(argv[i], O_WRONLY | O_NONBLOCK);
        int failed = fd < 0 || (!strcmp(argv[1], "write") && write(fd, "1\n", 2) < 0);
        printf("%s: %s\n", argv[i], failed ? strerror(errno) : "done");
        close(fd);
    }
}
