/* Close stdin before anything else, try to read it, and go on. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    char byte;
    close(0);
    puts(read(0, &byte, 1) < 0 ? strerror(errno) : "done");
}
