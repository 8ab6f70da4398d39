/* The other doors into the kernel: int 0x80, sysenter, the 32-bit code segment, the vsyscall page. Each in a child; say
   what the call answered, or the signal that it died of. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int int80(int number, int a, int b, int c) {
    int result;
    asm volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
    return result;
}

static void by_int80(void) {
    /* of <asm/unistd_32.h> */
    const int numbers[] = {20, 5, 11, 21, 26, 88, 102, 136, 172, 192, 310, 359, 425, 435};
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
        printf("int80_%d %d\n", numbers[i], int80(numbers[i], 0, 0, 0));
}

static void by_sysenter(void) {
    int result;
    asm volatile("mov %%esp, %%ebp; sysenter" : "=a"(result) : "a"(20) : "rcx", "rdx", "memory");
    printf("sysenter %d\n", result);
}

/* Far return into the 32-bit code segment, make a call there, and return to 64 bits with its answer. */
static void by_segment(const char *what, const char *door) {
    unsigned char *code = mmap((void *)0x20000000, 8192, 7, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    /* mov eax, 20; <door>; ljmp 0x33:0x20000100 */
    const unsigned char call[] = {0xB8, 20, 0, 0, 0, door[0], door[1], 0xEA, 0, 1, 0, 0x20, 0x33, 0};
    /* mov edi, eax; mov eax, 60; syscall: exit with the answer */
    const unsigned char back[] = {0x89, 0xC7, 0xB8, 60, 0, 0, 0, 0x0F, 0x05};
    memcpy(code, call, sizeof call);
    memcpy(code + 0x100, back, sizeof back);
    asm volatile("mov $0x20001ff0, %%rsp; push $0x23; push $0x20000000; lretq" ::: "memory");
}

static void by_vsyscall(void) {
    long (*vsyscall_time)(long *) = (void *)0xFFFFFFFFFF600400;
    printf("vsyscall %s\n", vsyscall_time(0) > 0 ? "time" : "no time");
}

static void read_vsyscall(void) {
    printf("vsyscall_read %x\n", *(volatile int *)0xFFFFFFFFFF600000);
}

static void apart(const char *what, void (*attempt)(void)) {
    int status;
    fflush(stdout);
    if (fork() == 0) {
        alarm(2);
        attempt();
        fflush(stdout);
        _exit(0);
    }
    wait(&status);
    if (WIFSIGNALED(status))
        printf("%s died\n", what);
    else if (WEXITSTATUS(status))
        printf("%s %d\n", what, (signed char)WEXITSTATUS(status));
}

static void segment_int80(void) { by_segment("segment_int80", "\xCD\x80"); }
static void segment_syscall(void) { by_segment("segment_syscall", "\x0F\x05"); }
static void segment_sysenter(void) { by_segment("segment_sysenter", "\x0F\x34"); }

int main(void) {
    apart("int80", by_int80);
    apart("sysenter", by_sysenter);
    apart("segment_int80", segment_int80);
    apart("segment_syscall", segment_syscall);
    apart("segment_sysenter", segment_sysenter);
    apart("vsyscall", by_vsyscall);
    apart("vsyscall_read", read_vsyscall);
}
