/* Say which interfaces and addresses there are. */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>

int main(void) {
    struct ifaddrs *found = 0;
    getifaddrs(&found); /* asks netlink */
    for (; found; found = found->ifa_next) {
        printf("interface %s %s\n", found->ifa_name, found->ifa_flags & IFF_UP ? "up" : "down");
        if (found->ifa_addr && found->ifa_addr->sa_family == AF_INET)
            printf("address %s\n", inet_ntoa(((struct sockaddr_in *)found->ifa_addr)->sin_addr));
    }
    char name[IF_NAMESIZE];
    for (int index = 1; index < 64; index++)
        if (if_indextoname(index, name))
            printf("interface %s %s\n", name, "known");
    puts("end");
}
