/* Make PID 1 the traced, stopped, or limited one. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void tell(const char *what, long result) {
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

int main(void) {
    struct rlimit limit = {1, 1};
    tell("ptrace", ptrace(PTRACE_ATTACH, 1, 0, 0));
    tell("prlimit", syscall(SYS_prlimit64, 1, RLIMIT_NOFILE, &limit, 0));
    tell("process_vm_writev", syscall(SYS_process_vm_writev, 1, 0, 0, 0, 0, 0));
    tell("setpgid", setpgid(1, 1));
    tell("pidfd_getfd", syscall(438, syscall(434, 1, 0), 0, 0));
}
