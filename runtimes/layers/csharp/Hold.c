/*
 * libcoreclr.so as dotnet finds it: it lets the runtime wait, fully started, for the program it is to run, while
 * there is a FIFO of this name; where there is none it does nothing, so that the command is the same whether
 * a runtime has waited or not. All that it does not define is found in the library that it stands before.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIFO ".held"

/* coreclrhost.h of .NET: host, domain, count of arguments, arguments, path of the program, its exit code. */
typedef int execute_assembly(void *, unsigned, int, const char **, const char *, unsigned *);

execute_assembly coreclr_execute_assembly;

static void hold(void)
{
    struct stat status;
    char byte;
    int fd;

    /* A request's file of that name is a regular one. */
    if (lstat(FIFO, &status) || !S_ISFIFO(status.st_mode))
        return;
    fd = open(FIFO, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    while (read(fd, &byte, 1) != 0 && errno == EINTR)
        ;
    close(fd);
}

int coreclr_execute_assembly(void *host, unsigned domain, int argc, const char **argv, const char *path, unsigned *code)
{
    execute_assembly *const execute = (execute_assembly *)dlsym(RTLD_NEXT, "coreclr_execute_assembly");

    hold();
    return execute(host, domain, argc, argv, path, code);
}
