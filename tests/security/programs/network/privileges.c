/* Make a network out of nothing: interfaces, addresses, routes, filters and marks; one line each. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int fd;

static void tell(const char *what, long result) {
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

static void set(const char *what, int level, int option, int value) {
    tell(what, setsockopt(fd, level, option, &value, sizeof value));
}

static void ask_netlink(void) {
    struct {
        struct nlmsghdr header;
        struct ifinfomsg link;
    } up = {{sizeof up, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, 0, 0}, {.ifi_index = 1, .ifi_flags = IFF_UP, .ifi_change = IFF_UP}};
    int netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    tell("netlink", netlink < 0 ? netlink : send(netlink, &up, sizeof up, 0));
}

int main(void) {
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    tell("interface up", ioctl(fd, SIOCSIFFLAGS, &lo));
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    memcpy(&lo.ifr_addr, &address, sizeof address);
    tell("address", ioctl(fd, SIOCSIFADDR, &lo));
    struct rtentry route = {.rt_flags = RTF_UP, .rt_dev = "lo"};
    route.rt_dst.sa_family = route.rt_genmask.sa_family = AF_INET;
    tell("route", ioctl(fd, SIOCADDRT, &route));
    ask_netlink();
    set("mark", SOL_SOCKET, SO_MARK, 1);
    set("priority", SOL_SOCKET, SO_PRIORITY, 7);
    set("receive buffer", SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24);
    set("transparent", IPPROTO_IP, 19 /* IP_TRANSPARENT */, 1);
    struct ifreq tun = {.ifr_name = "tun0", .ifr_flags = IFF_TUN};
    int device = open("/dev/net/tun", O_RDWR);
    tell("tun", device < 0 ? device : ioctl(device, TUNSETIFF, &tun));
}
