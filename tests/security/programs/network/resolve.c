/* Look up each of the arguments; one line each. */
#include <netdb.h>
#include <stdio.h>

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        struct addrinfo *found;
        int error = getaddrinfo(argv[i], "80", 0, &found);
        printf("%s: %s\n", argv[i], error ? gai_strerror(error) : "done");
    }
}
