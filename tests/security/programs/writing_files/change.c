/* Change each of the files of the arguments in every way there is; one line each. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static const char *path;

static void tell(const char *what, long result) {
    printf("%s %s: %s\n", what, path, result < 0 ? strerror(errno) : "done");
}

int main(int argc, char **argv) {
    struct open_how { unsigned long flags, mode, resolve; } how = {O_WRONLY, 0, 0};
    for (int i = 1; i < argc; i++) {
        path = argv[i];
        int reader = open(path, O_RDONLY), handle = open(path, O_PATH), own = open("own", O_CREAT | O_RDWR, 0644);
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
        write(own, "evil", 4);
        tell("creat", creat(path, 0777));
        tell("openat2", syscall(437, AT_FDCWD, path, &how, sizeof how));
        tell("open what is open", open(link, O_WRONLY));
        tell("ftruncate", ftruncate(reader, 0));
        tell("fallocate", fallocate(reader, 0, 0, 1 << 20));
        tell("write to what is open for reading", write(reader, "evil", 4));
        tell("copy_file_range", copy_file_range(own, &(off_t){0}, reader, &(off_t){0}, 4, 0));
        tell("fchmod", fchmod(reader, 04777));
        tell("fchmodat2", syscall(452, handle, "", 0777, AT_EMPTY_PATH));
        tell("fchownat", fchownat(handle, "", getuid(), getgid(), AT_EMPTY_PATH));
        tell("futimens", futimens(reader, 0));
        tell("linkat", linkat(handle, "", AT_FDCWD, "linked", AT_EMPTY_PATH));
        tell("linkat by proc", linkat(AT_FDCWD, link, AT_FDCWD, "linked by proc", AT_SYMLINK_FOLLOW));
        tell("exchange", syscall(SYS_renameat2, AT_FDCWD, "own", AT_FDCWD, path, 2 /* RENAME_EXCHANGE */));
        tell("rename over", rename("own", path));
        tell("unlinkat", unlinkat(AT_FDCWD, path, 0));
        tell("chown by name", lchown(path, getuid(), getgid()));
    }
}
