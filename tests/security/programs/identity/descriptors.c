/* Where the descriptors lead that are open when a program begins. */
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    DIR *folder = opendir("/proc/self/fd");
    char path[300], target[256];
    for (struct dirent *entry; (entry = readdir(folder));) {
        sprintf(path, "/proc/self/fd/%s", entry->d_name);
        ssize_t length = readlink(path, target, sizeof target);
        if (length > 0)
            printf("%s %.*s\n", entry->d_name, (int)length, target);
    }
}
