/* Look into and reach into a child of one's own, which the kernel would allow; say of each way the errno, 0 when done. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static char secret[] = "secret";

static void tell(const char *what, long result) {
    printf("%s %d\n", what, result < 0 ? errno : 0);
}

static void trace(pid_t child) {
    tell("ptrace_seize", ptrace(PTRACE_SEIZE, child, 0, 0));
    tell("ptrace_interrupt", ptrace(PTRACE_INTERRUPT, child, 0, 0));
    tell("ptrace_detach", (waitpid(child, 0, WNOHANG), usleep(50000), waitpid(child, 0, WNOHANG), ptrace(PTRACE_DETACH, child, 0, 0)));
    tell("ptrace_attach", ptrace(PTRACE_ATTACH, child, 0, 0));
    if (fork() == 0) {
        long result = ptrace(PTRACE_TRACEME, 0, 0, 0);
        tell("ptrace_traceme", result);
        fflush(stdout);
        _exit(0);
    }
    while (wait(0) < 0);
}

static void read_and_write(pid_t child) {
    char buffer[8];
    struct iovec here = {buffer, 6}, there = {secret, 6};
    int pidfd = syscall(SYS_pidfd_open, child, 0);
    tell("pidfd_open", pidfd);
    tell("process_vm_readv", syscall(SYS_process_vm_readv, child, &here, 1, &there, 1, 0));
    tell("process_vm_writev", syscall(SYS_process_vm_writev, child, &here, 1, &there, 1, 0));
    tell("pidfd_getfd", syscall(SYS_pidfd_getfd, pidfd, 0, 0));
    tell("kcmp", syscall(SYS_kcmp, getpid(), child, 0, 0, 0));
    tell("process_madvise", syscall(SYS_process_madvise, pidfd, &there, 1, MADV_COLD, 0));
    kill(child, SIGKILL);
    tell("process_mrelease", syscall(448, pidfd, 0));
}

static void kernel_programs(void) {
    struct bpf_insn code[] = {{.code = 0xb7}, {.code = 0x95}}; /* r0 = 0; exit */
    union bpf_attr map = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1}, program;
    struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE, .size = sizeof event, .exclude_kernel = 1, .exclude_hv = 1};
    memset(&program, 0, sizeof program);
    program.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
    program.insns = (unsigned long)code;
    program.insn_cnt = 2;
    program.license = (unsigned long)"GPL";
    tell("bpf_map", syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof map));
    tell("bpf_program", syscall(SYS_bpf, BPF_PROG_LOAD, &program, sizeof program));
    tell("perf_event_open", syscall(SYS_perf_event_open, &event, 0, -1, -1, 0));
}

static void memory_of_ones_own(void) {
    char node_mask[128] = {1};
    void *page = mmap(0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int status;
    tell("userfaultfd", syscall(SYS_userfaultfd, 0));
    tell("userfaultfd_user_mode", syscall(SYS_userfaultfd, 1));
    tell("memfd_secret", syscall(447, 0));
    tell("mbind", syscall(SYS_mbind, page, 4096, 0, 0, 0, 0));
    tell("set_mempolicy", syscall(SYS_set_mempolicy, 0, 0, 0));
    tell("migrate_pages", syscall(SYS_migrate_pages, 0, 1024, node_mask, node_mask));
    tell("move_pages", syscall(SYS_move_pages, 0, 1, &page, 0, &status, 0));
    tell("remap_file_pages", syscall(SYS_remap_file_pages, page, 0, 0, 0, 0));
    tell("vmsplice", syscall(SYS_vmsplice, 1, 0, 0, 0));
    tell("modify_ldt", syscall(SYS_modify_ldt, 0, node_mask, 128));
}

int main(void) {
    pid_t child = fork();
    if (child == 0)
        for (;;)
            pause();
    setvbuf(stdout, 0, _IOLBF, 4096);
    trace(child);
    read_and_write(child);
    kernel_programs();
    memory_of_ones_own();
}
