/* Send to the port of the argument by every other way than connecting to an address; one line each. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int port;

static void tell(const char *what, long result) {
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

static void send_v4(const char *what, const char *host, int level, int option, int value, int type, int flags) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, host, &to.sin_addr);
    int fd = socket(AF_INET, type, 0);
    setsockopt(fd, level, option, &value, sizeof value);
    tell(what, sendto(fd, "secret", 6, flags, (void *)&to, sizeof to));
    close(fd);
}

static void send_v6(const char *what, const char *host) {
    struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_scope_id = 1};
    inet_pton(AF_INET6, host, &to.sin6_addr);
    int fd = socket(AF_INET6, SOCK_DGRAM, 0);
    tell(what, sendto(fd, "secret", 6, 0, (void *)&to, sizeof to));
    close(fd);
}

static void send_from(const char *what, const char *from) {
    struct sockaddr_in me = {.sin_family = AF_INET}, to = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, from, &me.sin_addr);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
    setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof on);
    int bound = bind(fd, (void *)&me, sizeof me);
    tell(what, bound < 0 ? bound : sendto(fd, "secret", 6, 0, (void *)&to, sizeof to));
    close(fd);
}

static void send_by_interface(void) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    char control[CMSG_SPACE(sizeof(struct in_pktinfo))] = {0};
    struct iovec word = {"secret", 6};
    struct msghdr message = {&to, sizeof to, &word, 1, control, sizeof control, 0};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){CMSG_LEN(sizeof(struct in_pktinfo)), IPPROTO_IP, IP_PKTINFO};
    ((struct in_pktinfo *)CMSG_DATA(header))->ipi_ifindex = 1;
    tell("pktinfo", sendmsg(socket(AF_INET, SOCK_DGRAM, 0), &message, 0));
}

int main(int argc, char **argv) {
    port = atoi(argv[1]);
    send_v4("any", "0.0.0.0", SOL_SOCKET, SO_REUSEADDR, 1, SOCK_DGRAM, 0);
    send_v4("broadcast", "255.255.255.255", SOL_SOCKET, SO_BROADCAST, 1, SOCK_DGRAM, 0);
    send_v4("multicast", "224.0.0.1", IPPROTO_IP, IP_MULTICAST_LOOP, 1, SOCK_DGRAM, 0);
    send_v4("don't route", "127.0.0.1", SOL_SOCKET, SO_DONTROUTE, 1, SOCK_DGRAM, MSG_DONTROUTE);
    send_v4("fast open", "127.0.0.1", IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1, SOCK_STREAM, MSG_FASTOPEN);
    send_v4("confirm", "127.0.0.1", IPPROTO_IP, IP_RECVERR, 1, SOCK_DGRAM, MSG_CONFIRM);
    send_v6("mapped", "::ffff:127.0.0.1");
    send_v6("IPv6 any", "::");
    send_v6("IPv6 multicast", "ff02::1");
    send_v6("IPv6 link local", "fe80::1");
    send_from("from loopback", "127.0.0.1");
    send_from("from a free address", "192.0.2.1");
    send_by_interface();
}
