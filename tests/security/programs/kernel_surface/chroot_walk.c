/* Leave a root by making another one below the working directory, and walk up from there. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct stat first;

static void tell(long result) {
    struct stat now;
    int error = errno;
    stat("/", &now);
    printf("%d %s\n", result < 0 ? error : 0,
           now.st_ino == first.st_ino && now.st_dev == first.st_dev ? "the same root" : "another root");
}

int main(void) {
    stat("/", &first);
    mkdir("/tmp/cell", 0755);
    tell(chroot("/tmp/cell"));
    for (int step = 0; step < 50; step++)
        chdir("..");
    tell(chroot("."));
}
