/* Change programs that are running: this one, and the shell; say whether both still are. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(const char *what, long result) {
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

int main(int argc, char **argv) {
    int input[2];
    pipe(input);
    pid_t shell = fork();
    if (shell == 0) {
        dup2(input[0], 0);
        close(input[1]);
        execl("/bin/bash", "bash", "-c", "read x; exit 7", (char *)0);
    }
    char exe[64];
    snprintf(exe, sizeof exe, "/proc/%d/exe", shell);
    usleep(100000);
    tell("write to own", open("/proc/self/exe", O_WRONLY));
    tell("truncate own", truncate("/proc/self/exe", 0));
    tell("truncate own by name", truncate(argv[0], 0));
    tell("write to the shell", open(exe, O_WRONLY));
    tell("truncate the shell", truncate(exe, 0));
    tell("truncate the shell by name", truncate("/bin/bash", 0));
    tell("remove the shell", unlink("/bin/bash"));
    fflush(stdout);
    close(input[1]);
    int status;
    wait(&status);
    printf("shell: %s\n", WIFEXITED(status) && WEXITSTATUS(status) == 7 ? "ran" : "killed");
}
