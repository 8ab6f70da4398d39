/* Every call that mounts, old and new, with arguments that root could use; say of each the errno, 0 when done. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { REMOUNT = 32, BIND = 4096, MOVE = 8192, PRIVATE = 1 << 18 }; /* MS_* of <sys/mount.h>, which is at odds with the kernel's */

static void tell(const char *what, long result) {
    printf("%s %d\n", what, result < 0 ? errno : 0);
}

static long old_mount(const char *source, const char *target, const char *type, unsigned long flags) {
    return syscall(SYS_mount, source, target, type, flags, 0);
}

int main(void) {
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_NOSUID};
    mkdir("/tmp/a", 0755);
    mkdir("/tmp/b", 0755);
    tell("mount_tmpfs", old_mount("tmpfs", "/tmp/a", "tmpfs", 0));
    tell("mount_proc", old_mount("proc", "/tmp/b", "proc", 0));
    tell("mount_bind", old_mount("/usr", "/tmp/b", 0, BIND));
    tell("mount_remount", old_mount(0, "/tmp/a", 0, REMOUNT | BIND));
    tell("mount_private", old_mount(0, "/tmp/a", 0, PRIVATE));
    mkdir("/tmp/a/c", 0755);
    tell("mount_bad_flags", old_mount("tmpfs", "/tmp/a/none", "tmpfs", 0xC0ED0000));
    int tree = syscall(SYS_open_tree, AT_FDCWD, "/usr", OPEN_TREE_CLONE | AT_RECURSIVE);
    tell("open_tree", tree);
    tell("open_tree_path_only", syscall(SYS_open_tree, AT_FDCWD, "/usr", 0));
    tell("open_tree_attr", syscall(467, AT_FDCWD, "/usr", OPEN_TREE_CLONE, &attr, sizeof attr));
    tell("move_mount", syscall(SYS_move_mount, tree, "", AT_FDCWD, "/tmp/b", MOVE_MOUNT_F_EMPTY_PATH));
    int context = syscall(SYS_fsopen, "tmpfs", 0);
    tell("fsopen", context);
    tell("fsconfig", syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0));
    tell("fsmount", syscall(SYS_fsmount, context, 0, 0));
    tell("fspick", syscall(SYS_fspick, AT_FDCWD, "/tmp/a", 0));
    tell("mount_setattr", syscall(SYS_mount_setattr, AT_FDCWD, "/tmp/a", 0, &attr, sizeof attr));
    tell("umount2_detach", syscall(SYS_umount2, "/tmp/b", 2));
    tell("umount2_proc", syscall(SYS_umount2, "/proc/nothing", 2));
    tell("pivot_root", syscall(SYS_pivot_root, "/tmp/a", "/tmp/a/c"));
}
