/* Mount what tells of the host or steers it, the types of the arguments, by the old call and the new ones; one line each. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void tell(const char *how, const char *what, long result) {
    printf("%s %s: %s\n", how, what, result < 0 ? strerror(errno) : "done");
}

int main(int argc, char **argv) {
    mkdir("/tmp/on", 0755);
    for (int i = 1; i < argc; i++) {
        tell("mount", argv[i], mount("none", "/tmp/on", argv[i], 0, ""));
        tell("fsopen", argv[i], syscall(430, argv[i], 0));
    }
    tell("writable", "/proc", mount("", "/proc", "", MS_REMOUNT | MS_BIND, 0));
    tell("writable", "/dev", mount("", "/dev", "", MS_REMOUNT | MS_BIND, 0));
    tell("suid", "/", mount("", "/", "", MS_REMOUNT | MS_BIND, 0));
    tell("bind", "/proc", mount("/proc", "/tmp/on", 0, MS_BIND | MS_REC, 0));
    tell("move", "/proc", mount("/proc", "/tmp/on", 0, MS_MOVE, 0));
    tell("unmount", "/proc", umount2("/proc", MNT_DETACH));
    tell("unmount", "/dev/shm", umount2("/dev/shm", 0));
    tell("open_tree", "/proc", syscall(428, AT_FDCWD, "/proc", 1));
    tell("fspick", "/proc", syscall(433, AT_FDCWD, "/proc", 0));
    struct { unsigned long set, clear, propagation, userns; } attributes = {0, 1, 0, 0};
    tell("mount_setattr", "/proc", syscall(442, AT_FDCWD, "/proc", 0, &attributes, sizeof attributes));
    tell("statmount", "/proc", syscall(457, &attributes, &attributes, sizeof attributes, 0));
    tell("listmount", "/proc", syscall(458, &attributes, &attributes, 1, 0));
}
