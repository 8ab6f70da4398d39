/* The same from C: a link for a file, a link for a folder, and one honest file. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
    symlink("/etc/passwd", "passwd");
    symlink("/etc", "etc");
    symlink("/proc/self/fd/0", "stdin");
    mkdir("folder", 0755);
    symlink("../../etc/hostname", "folder/hostname");
    FILE *file = fopen("honest", "w");
    fputs("honest", file);
    fclose(file);
}
