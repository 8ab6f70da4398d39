/* Become somebody else by every call there is, in a thread as well; say of each the errno, 0 when done. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

static void tell(const char *what, long result) {
    printf("%s %d\n", what, result < 0 ? errno : 0);
}

static void *in_thread(void *unused) {
    tell("setgid_thread", syscall(SYS_setgid, 0));
    tell("setuid_thread", syscall(SYS_setuid, 0));
    return 0;
}

int main(void) {
    pthread_t thread;
    gid_t group = 0, groups[64];
    uid_t r, e, s;
    tell("setgroups", setgroups(1, &group));
    tell("setgid", setgid(0));
    tell("setregid", setregid(0, 0));
    tell("setresgid", setresgid(0, 0, 0));
    pthread_create(&thread, 0, in_thread, 0);
    pthread_join(thread, 0);
    setfsuid(0);
    tell("setfsuid", setfsuid(-1) == 0 ? 0 : (errno = EPERM, -1));
    tell("setuid", setuid(0));
    tell("setreuid", setreuid(0, 0));
    tell("setresuid", setresuid(0, 0, 0));
    getresuid(&r, &e, &s);
    printf("ids %d %d %d %d\n", r, e, s, getgroups(64, groups));
}
