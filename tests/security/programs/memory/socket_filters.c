/* Attach packet filters to sockets: compiled code of the kernel, of which the whole host has so much and no more. */
#include <errno.h>
#include <linux/filter.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define LENGTH 4096

int main(void) {
    static struct sock_filter code[LENGTH];
    for (int at = 0; at < LENGTH - 1; at++)
        code[at] = (struct sock_filter){BPF_ALU | BPF_DIV | BPF_K, 0, 0, 7};
    code[LENGTH - 1] = (struct sock_filter){BPF_RET | BPF_K, 0, 0, 1};
    struct sock_fprog program = {LENGTH, code};
    int families[] = {AF_UNIX, AF_INET, AF_INET6}, options[] = {SO_ATTACH_FILTER, SO_ATTACH_REUSEPORT_CBPF}, one = 1;
    for (int family = 0; family < 3; family++)
        for (int option = 0; option < (family ? 2 : 1); option++) {
            int fd = socket(families[family], SOCK_DGRAM, 0);
            setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
            int failed = setsockopt(fd, SOL_SOCKET, options[option], &program, sizeof program);
            printf("%d %d: %s\n", families[family], options[option], failed ? strerror(errno) : "done");
        }
}
