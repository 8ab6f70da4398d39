/* Files in every place where anybody may write, and shared memory: "look" for them, or leave them. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

static const char *PATHS[] = {"/tmp/neighbour", "/var/tmp/neighbour", "/dev/shm/neighbour", "/box/neighbour"};

int main(int argc, char **argv) {
    int flags = strcmp(argv[1], "look") ? O_CREAT | O_EXCL : 0;
    for (int i = 0; i < 4; i++)
        puts(open(PATHS[i], O_RDWR | flags, 0666) < 0 ? "nothing" : "there");
    puts(shm_open("/memory", O_RDWR | flags, 0666) < 0 ? "nothing" : "there");
    puts(shmget(4242, 4096, flags ? IPC_CREAT | 0666 : 0666) < 0 ? "nothing" : "there");
}
