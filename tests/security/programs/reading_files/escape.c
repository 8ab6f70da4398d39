/* Reach the file of the argument, an absolute path, out of this root; one line for each way. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *path;

static int reach(const char *root) {
    char name[4096];
    snprintf(name, sizeof name, "%s%s", root, path);
    return open(name, O_RDONLY);
}

static int climb(void) {
    for (int i = 0; i < 64; i++)
        chdir("..");
    return reach(".");
}

static int dots(void) { return reach("../../../../../../../../../../../../.."); }
static int up(void) { chdir("/"); return climb(); }
static int proc_root(void) { return reach("/proc/self/root/../.."); }
static int proc_cwd(void) { return reach("/proc/self/cwd/../../.."); }
static int thread_root(void) { return reach("/proc/thread-self/root/.."); }
static int init_root(void) { return reach("/proc/1/root"); }
static int init_cwd(void) { return reach("/proc/1/cwd"); }

static int broken_chroot(void) {
    mkdir("/tmp/sub", 0755);
    return chroot("/tmp/sub") < 0 ? -1 : climb();
}

static int kept_folder(void) {
    int root = open("/", O_RDONLY | O_DIRECTORY);
    mkdir("/tmp/sub", 0755);
    if (chroot("/tmp/sub") < 0 || fchdir(root) < 0)
        return -1;
    return climb();
}

static int inherited(void) {
    for (int fd = 0; fd < 1024; fd++)
        if (fchdir(fd) == 0)
            return climb();
    return errno = ENOENT, -1;
}

static int new_call(void) {
    struct { unsigned long flags, mode, resolve; } how = {0};
    char name[4096];
    snprintf(name, sizeof name, "../../../../../..%s", path);
    return syscall(437, open("/", O_PATH), name, &how, sizeof how);
}

static int in_mount(void) {
    return chdir("/proc/bus") < 0 && chdir("/proc/fs") < 0 ? -1 : climb();
}

static int by_handle(void) {
    struct { struct file_handle handle; char bytes[128]; } h = {.handle.handle_bytes = 128};
    int mount_id;
    if (name_to_handle_at(AT_FDCWD, "/", &h.handle, &mount_id, 0) < 0)
        return -1;
    return open_by_handle_at(open("/", O_RDONLY), &h.handle, O_RDONLY);
}

static int other_mounts(void) {
    int fd = open("/proc/1/ns/mnt", O_RDONLY);
    return setns(fd < 0 ? open("/proc/self/ns/mnt", O_RDONLY) : fd, CLONE_NEWNS) < 0 ? -1 : reach("");
}

static int new_mounts(void) { return unshare(CLONE_NEWNS) < 0 ? -1 : open("/", O_RDONLY); }
static int bind(void) { mkdir("/tmp/bound", 0755); return mount("/", "/tmp/bound", 0, MS_BIND, 0) < 0 ? -1 : reach("/tmp/bound"); }
static int tree(void) { return syscall(428, AT_FDCWD, "/", 1 /* OPEN_TREE_CLONE */); }
static int disk(void) { return open("/dev/vda", O_RDONLY); }

int main(int argc, char **argv) {
    static const struct { const char *name; int (*go)(void); } ways[] = {
        {"dots", dots}, {"up", up}, {"root of /proc", proc_root}, {"cwd of /proc", proc_cwd}, {"root of the thread", thread_root},
        {"root of init", init_root}, {"cwd of init", init_cwd}, {"chroot", broken_chroot}, {"chroot with a folder kept", kept_folder},
        {"inherited", inherited}, {"openat2", new_call}, {"out of a mask", in_mount}, {"handle", by_handle}, {"setns", other_mounts},
        {"unshare", new_mounts}, {"bind mount", bind}, {"open_tree", tree}, {"disk", disk},
    };
    path = argv[1];
    for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
        fflush(stdout);
        if (fork() == 0) {
            printf("%s: %s\n", ways[i].name, ways[i].go() < 0 ? strerror(errno) : "done");
            exit(0);
        }
        wait(0);
    }
}
