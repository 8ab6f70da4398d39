/* Make sockets by hand: those of the arguments, such as 17/3/0 (family, type, protocol), or of all families and types. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void attempt(const char *how, long call, long family, long type, long protocol) {
    int pair[2];
    long fd = syscall(call, family, type, protocol, pair);
    printf("%s %#lx/%#lx/%#lx: %s\n", how, family, type, protocol, fd < 0 ? strerror(errno) : "done");
    if (fd > 2)
        close(fd);
    if (call == SYS_socketpair && fd == 0) {
        close(pair[0]);
        close(pair[1]);
    }
}

int main(int argc, char **argv) {
    long family, type, protocol;
    for (int i = 1; i < argc; i++) {
        char *rest = argv[i];
        family = strtoul(rest, &rest, 0);
        type = strtoul(rest + 1, &rest, 0);
        protocol = strtoul(rest + 1, &rest, 0);
        attempt("socket", SYS_socket, family, type, protocol);
    }
    for (family = 0; argc == 1 && family <= 45; family++)
        for (type = 1; type <= 10; type++) {
            attempt("socket", SYS_socket, family, type, 0);
            attempt("pair", SYS_socketpair, family, type, 0);
        }
}
