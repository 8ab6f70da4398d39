/* What only an administrator may do; say of each the errno, 0 when done. With an argument, what would change the machine
   for good is asked in a way that is refused as wrong, once it is known that the caller might. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/time.h>
#include <unistd.h>

static void tell(const char *what, long result) {
    printf("%s %d\n", what, result < 0 ? errno : 0);
}

static void modules_and_kernels(int wrong) {
    static const char file[64] = {0x7F, 'E', 'L', 'F'};
    int fd = open("/bin/sh", O_RDONLY);
    tell("init_module", syscall(SYS_init_module, file, wrong ? 1 : sizeof file, ""));
    tell("finit_module", syscall(SYS_finit_module, fd, "", 0xFF00));
    tell("delete_module", syscall(SYS_delete_module, "no_such_module", O_NONBLOCK));
    tell("kexec_load", syscall(SYS_kexec_load, 0, 0, 0, 0xFF));
    tell("kexec_file_load", syscall(SYS_kexec_file_load, fd, fd, 0, "", 0xFF00));
    for (unsigned command = 0; command < 6; command++) {
        unsigned long commands[] = {LINUX_REBOOT_CMD_RESTART, LINUX_REBOOT_CMD_HALT, LINUX_REBOOT_CMD_CAD_ON,
                                    LINUX_REBOOT_CMD_CAD_OFF, LINUX_REBOOT_CMD_POWER_OFF, LINUX_REBOOT_CMD_RESTART2};
        char name[] = {'r', 'e', 'b', 'o', 'o', 't', '0' + command, 0};
        tell(name, syscall(SYS_reboot, wrong ? 1 : LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, commands[command], "x"));
    }
}

static void disks(void) {
    int file = open("/tmp/file", O_RDWR | O_CREAT, 0600);
    struct { unsigned bytes; int type; char data[128]; } handle = {128};
    int mount_id;
    ftruncate(file, 65536);
    tell("swapon", syscall(SYS_swapon, "/tmp/file", 0x800000));
    tell("swapoff", syscall(SYS_swapoff, "/tmp/file"));
    tell("quotactl", syscall(SYS_quotactl, 0x80000200, "/no/such/device", 0, 0));
    tell("quotactl_fd", syscall(443, -1, 0x80000200, 0, 0));
    tell("acct", syscall(SYS_acct, "/tmp/no/such/file"));
    tell("name_to_handle_at", syscall(SYS_name_to_handle_at, AT_FDCWD, "/tmp/file", &handle, &mount_id, 0));
    tell("open_by_handle_at", syscall(SYS_open_by_handle_at, AT_FDCWD, &handle, O_RDONLY));
    tell("sync", syscall(SYS_sync));
    tell("syncfs", syscall(SYS_syncfs, file));
    tell("setxattr", syscall(SYS_setxattr, "/tmp/file", "security.capability", "\1\0\0\2\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, 0));
}

static void clocks_and_names(int wrong) {
    struct timespec time = {1000000000, wrong ? -1 : 0};
    struct timeval value = {1000000000, wrong ? -1 : 0};
    struct timex adjust = {.modes = wrong ? ADJ_TICK : ADJ_OFFSET}; /* a tick of 0 is out of range */
    tell("clock_settime", syscall(SYS_clock_settime, 0, &time));
    tell("settimeofday", syscall(SYS_settimeofday, &value, 0));
    tell("adjtimex", syscall(SYS_adjtimex, &adjust));
    tell("clock_adjtime", syscall(SYS_clock_adjtime, 0, &adjust));
    tell("sethostname", syscall(SYS_sethostname, "evil", 4));
    tell("setdomainname", syscall(SYS_setdomainname, "evil", 4));
    tell("syslog_read_all", syscall(SYS_syslog, 3, &time, 1));
    tell("syslog_size", syscall(SYS_syslog, 10, 0, 0));
}

static void ports_and_personality(void) {
    tell("iopl", syscall(SYS_iopl, 3));
    tell("ioperm", syscall(SYS_ioperm, 0x80, 1, 1));
    tell("personality_no_randomize", syscall(SYS_personality, ADDR_NO_RANDOMIZE));
    tell("personality_read_implies_exec", syscall(SYS_personality, READ_IMPLIES_EXEC));
    tell("personality_mmap_page_zero", syscall(SYS_personality, MMAP_PAGE_ZERO));
    tell("personality_linux32", syscall(SYS_personality, PER_LINUX32));
    tell("personality_back", syscall(SYS_personality, 0));
    tell("landlock", syscall(444, 0, 0, 1));
    tell("seccomp_actions", syscall(SYS_seccomp, 2, 0, (int[]){0x7FFF0000}));
    setsid(); /* the terminal of whoever runs this outside is to be left alone */
    tell("vhangup", getsid(0) == getpid() ? syscall(SYS_vhangup) : 0);
}

int main(int argc, char **argv) {
    modules_and_kernels(argc > 1);
    disks();
    clocks_and_names(argc > 1);
    ports_and_personality();
}
