/* Reach each of the arguments, such as tcp/127.0.0.1/80, and send a word; one line each. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int reach(char *kind, char *host, int port) {
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    int is_v6 = inet_pton(AF_INET6, host, &v6.sin6_addr) == 1;
    inet_pton(AF_INET, host, &v4.sin_addr);
    int fd = socket(is_v6 ? AF_INET6 : AF_INET, strcmp(kind, "tcp") ? SOCK_DGRAM : SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, is_v6 ? (void *)&v6 : (void *)&v4, is_v6 ? sizeof v6 : sizeof v4) < 0)
        return -1;
    return send(fd, "secret", 6, 0) < 0 ? -1 : close(fd);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        char *target = strdup(argv[i]), *kind = strtok(target, "/"), *host = strtok(0, "/"), *port = strtok(0, "/");
        printf("%s: %s\n", argv[i], reach(kind, host, atoi(port)) ? strerror(errno) : "done");
    }
}
