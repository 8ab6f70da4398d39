/* Get capabilities, or the way to them, in every form; say of each the errno, 0 when done; then what there is. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Each in a child: the one must not take from the next what it needs. */
#define tell(what, call)                                  \
    if (fork() == 0) {                                    \
        dprintf(1, "%s %d\n", what, (call) < 0 ? errno : 0); \
        _exit(0);                                         \
    } else                                                \
        wait(0)

static long set(unsigned effective, unsigned permitted, unsigned inheritable) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{effective, permitted, inheritable}};
    return syscall(SYS_capset, &header, data);
}

int main(void) {
    static const unsigned char all[] = {1, 0, 0, 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    tell("capset_all", set(~0u, ~0u, ~0u));
    tell("capset_inheritable", set(0, 0, 1 << CAP_SETUID));
    tell("capset_one", set(1 << CAP_SYS_ADMIN, 1 << CAP_SYS_ADMIN, 0));
    tell("capset_setuid", set(1 << CAP_SETUID, 1 << CAP_SETUID, 0));
    tell("ambient_raise", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SETUID, 0, 0));
    tell("keepcaps", prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
    tell("securebits_off", prctl(PR_SET_SECUREBITS, 0, 0, 0, 0));
    tell("securebits_keep_caps", prctl(PR_SET_SECUREBITS, prctl(PR_GET_SECUREBITS) | SECBIT_KEEP_CAPS, 0, 0, 0));
    tell("bounding_drop", prctl(PR_CAPBSET_DROP, CAP_CHOWN, 0, 0, 0));
    tell("new_privs_again", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
    tell("seccomp_off", prctl(PR_SET_SECCOMP, 0, 0, 0, 0));
    struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {1, &allow};
    tell("seccomp_allow_all", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
    tell("seccomp_tsync", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program));
    tell("seccomp_listener", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
    close(open("/tmp/file", O_CREAT | O_RDWR, 0755));
    tell("file_capabilities", setxattr("/tmp/file", "security.capability", all, sizeof all, 0));
    tell("file_trusted", setxattr("/tmp/file", "trusted.overlay.opaque", "y", 1, 0));
    FILE *status = fopen("/proc/self/status", "r");
    for (char line[256]; fgets(line, sizeof line, status);)
        if (!strncmp(line, "Cap", 3) || !strncmp(line, "NoNewPrivs", 10) || !strncmp(line, "Seccomp:", 8))
            fputs(line, stdout);
    printf("Secbits: %#x\n", prctl(PR_GET_SECUREBITS));
}
