/* Have many sockets join many groups: memory of the kernel, some 60 bytes each. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
    puts("begun");
    fflush(stdout);
    long left = ((long)atoi(argv[1]) << 20) / 60;
    while (left > 0) {
        int fd = socket(AF_INET6, SOCK_DGRAM, 0);
        if (fd < 0)
            return perror("socket"), 1;
        for (unsigned group = 0; group < 2000; group++, left--) {
            struct ipv6_mreq request = {.ipv6mr_interface = 1};
            request.ipv6mr_multiaddr.s6_addr[0] = 0xff;
            request.ipv6mr_multiaddr.s6_addr[1] = 5;
            memcpy(&request.ipv6mr_multiaddr.s6_addr[12], &group, 4);
            if (setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &request, sizeof request))
                return perror("setsockopt"), 1;
        }
    }
    puts("filled");
}
