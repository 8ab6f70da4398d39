/* Close stdout, write to it all the same, and tell on stderr what came of it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    close(1);
    fprintf(stderr, "%s\n", write(1, "lost\n", 5) < 0 ? strerror(errno) : "done");
}
