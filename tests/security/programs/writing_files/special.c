/* Make files that are more than files; one line each. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/fs.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

static void tell(const char *what, long result) {
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

static void node(const char *what, int kind, dev_t device) {
    tell(what, mknod(what, kind | 0666, device));
}

static void attribute(const char *name, const char *value, int size) {
    tell(name, setxattr("file", name, value, size, 0));
}

int main(void) {
    int own = open("file", O_CREAT | O_RDWR, 0644), flags = FS_IMMUTABLE_FL;
    mkdir("folder", 0755);
    node("null", S_IFCHR, makedev(1, 3));
    node("memory", S_IFCHR, makedev(1, 1));
    node("kmsg", S_IFCHR, makedev(1, 11));
    node("terminal", S_IFCHR, makedev(5, 0));
    node("tun", S_IFCHR, makedev(10, 200));
    node("disk", S_IFBLK, makedev(254, 0));
    node("loop", S_IFBLK, makedev(7, 0));
    node("whiteout", S_IFCHR, 0);
    tell("mknodat with high bits", syscall(SYS_mknodat, AT_FDCWD, "high", 0x100000000L | S_IFCHR | 0666, makedev(1, 3)));
    tell("mknod with high bits", syscall(SYS_mknod, "high2", 0xffff00000000L | S_IFBLK | 0666, makedev(254, 0)));
    tell("renamed whiteout", syscall(SYS_renameat2, AT_FDCWD, "folder", AT_FDCWD, "moved", 4 /* RENAME_WHITEOUT */));
    attribute("trusted.overlay.opaque", "y", 1);
    attribute("trusted.overlay.redirect", "/etc", 4);
    attribute("user.overlay.opaque", "y", 1);
    attribute("user.overlay.metacopy", "", 0);
    attribute("security.capability", "\1\0\0\2\377\377\377\377\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    attribute("security.selinux", "x", 1);
    attribute("system.posix_acl_access", "\2\0\0\0", 4);
    attribute("user.plain", "x", 1);
    tell("fsetxattr", fsetxattr(own, "trusted.overlay.upper", "x", 1, 0));
    tell("removexattr", removexattr("/usr", "trusted.overlay.origin"));
    tell("immutable", ioctl(own, FS_IOC_SETFLAGS, &flags));
    tell("freeze", ioctl(open("/", O_RDONLY), FIFREEZE, 0));
    tell("clone", ioctl(own, FICLONE, open("/bin/bash", O_RDONLY)));
    tell("sync", syscall(SYS_sync));
    tell("syncfs", syncfs(own));
    node("fifo", S_IFIFO, 0);
    node("socket", S_IFSOCK, 0);
    node("plain", S_IFREG, 0);
    tell("setuid bits", chmod("file", 06777));
}
