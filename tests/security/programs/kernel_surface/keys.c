/* The kernel's keyrings, every operation, on the caller's own process keyring; say of each the errno, 0 when done. */
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREAD = -1, PROCESS = -2, JOIN_SESSION = 1, SESSION_TO_PARENT = 18 };

int main(void) {
    printf("add_key_process %d\n", syscall(SYS_add_key, "user", "runjail", "secret", 6, PROCESS) < 0 ? errno : 0);
    printf("add_key_thread %d\n", syscall(SYS_add_key, "keyring", "runjail", 0, 0, THREAD) < 0 ? errno : 0);
    printf("request_key %d\n", syscall(SYS_request_key, "user", "runjail", 0, 0) < 0 ? errno : 0);
    printf("keyctl_join %d\n", syscall(SYS_keyctl, JOIN_SESSION, 0, 0, 0, 0) < 0 ? errno : 0);
    for (long operation = 0; operation < 40; operation++)
        if (operation != JOIN_SESSION && operation != SESSION_TO_PARENT)
            printf("keyctl_%ld %d\n", operation, syscall(SYS_keyctl, operation, PROCESS, 0, 0, 0) < 0 ? errno : 0);
}
