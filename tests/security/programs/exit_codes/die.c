/* Die by the signal that the argument says: unblocked, its action the default one, sent by the kernel's own call. */
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int number = atoi(argv[1]);
    unsigned long none = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, 0, 8);
    signal(number, SIG_DFL);
    syscall(SYS_tgkill, getpid(), getpid(), number);
    return 42;
}
