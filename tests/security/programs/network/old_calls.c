/* Make a packet socket, and connect one, by the calls of the 32-bit and the x32 table. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static long call_32(int number, long a, long b, long c) {
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
    return result;
}

static void tell(const char *what, long result) {
    printf("%s: %s\n", what, result < 0 ? strerror(-result) : "done");
}

int main(void) {
    int *arguments = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    memcpy(arguments, (int[]){17, 3, 0}, 12);
    tell("socketcall", call_32(102, 1, (long)arguments, 0));
    tell("socket", call_32(359, 17, 3, 0));
    memcpy(arguments, (int[]){16, 3, 0}, 12);
    tell("socketcall netlink", call_32(102, 1, (long)arguments, 0));
    tell("socket netlink", call_32(359, 16, 3, 0));
    long x32 = syscall(0x40000000 | 41, 17, 3, 0);
    tell("x32", x32 < 0 ? -errno : x32);
}
