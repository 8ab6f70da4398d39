"""The seccomp policy: which system calls a program may make, and why. Data only.

What is not listed is refused with EPERM, or with ENOSYS where a runtime then
falls back to an older call. Calls of other architectures (32-bit, x32) get
ENOSYS. A refusal never kills: runtimes probe.
"""

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Argument:
    """A condition on one argument: ``(value & mask) == equals``."""

    index: int
    equals: int
    mask: int = 0xFFFF_FFFF  # the kernel reads these arguments as 32 bits and drops the rest


@dataclass(frozen=True, slots=True)
class Rule:
    """These calls are allowed; with conditions, only when all of them hold."""

    calls: str  # separated by spaces
    reason: str
    when: tuple[Argument, ...] = field(default=())


# <linux/sched.h>: every CLONE_NEW* flag
_NAMESPACE_FLAGS: Final = 0x7E02_0000
# <linux/socket.h>, <linux/net.h>; the type's upper bits are SOCK_CLOEXEC and SOCK_NONBLOCK
_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10
_SOCK_TYPE_MASK: Final = 0xF
_IPPROTO_TCP, _IPPROTO_UDP = 6, 17  # <linux/in.h>
_SOCK_STREAM, _SOCK_DGRAM, _SOCK_SEQPACKET = 1, 2, 5
# <linux/mman.h>, <linux/memfd.h>, <linux/shm.h>
_MAP_HUGETLB, _MFD_HUGETLB, _SHM_HUGETLB = 0x40000, 0x4, 0o4000
# <linux/stat.h>
_S_IFMT, _S_IFREG, _S_IFIFO, _S_IFSOCK = 0o170000, 0o100000, 0o010000, 0o140000

# <linux/prctl.h>: options that concern the caller alone and grant nothing
_PRCTL_OPTIONS = {
    1: "PR_SET_PDEATHSIG", 2: "PR_GET_PDEATHSIG", 3: "PR_GET_DUMPABLE", 4: "PR_SET_DUMPABLE",
    7: "PR_GET_KEEPCAPS", 13: "PR_GET_TIMING", 15: "PR_SET_NAME", 16: "PR_GET_NAME", 21: "PR_GET_SECCOMP",
    23: "PR_CAPBSET_READ", 27: "PR_GET_SECUREBITS", 29: "PR_SET_TIMERSLACK", 30: "PR_GET_TIMERSLACK",
    36: "PR_SET_CHILD_SUBREAPER", 37: "PR_GET_CHILD_SUBREAPER", 38: "PR_SET_NO_NEW_PRIVS",
    39: "PR_GET_NO_NEW_PRIVS", 40: "PR_GET_TID_ADDRESS", 41: "PR_SET_THP_DISABLE", 42: "PR_GET_THP_DISABLE",
    52: "PR_GET_SPECULATION_CTRL", 0x53564D41: "PR_SET_VMA",
}  # fmt: skip

# <asm-generic/ioctls.h>, <linux/sockios.h>: terminals, non-blocking, close-on-exec, bytes waiting, interface lists.
# Not among them: TIOCSTI and TIOCLINUX, which type into a terminal.
_IOCTLS = {
    0x5401: "TCGETS", 0x5402: "TCSETS", 0x5403: "TCSETSW", 0x5404: "TCSETSF", 0x5409: "TCSBRK", 0x540A: "TCXONC",
    0x540B: "TCFLSH", 0x540E: "TIOCSCTTY", 0x540F: "TIOCGPGRP", 0x5410: "TIOCSPGRP", 0x5411: "TIOCOUTQ",
    0x5413: "TIOCGWINSZ", 0x5414: "TIOCSWINSZ", 0x541B: "FIONREAD", 0x5421: "FIONBIO", 0x5422: "TIOCNOTTY",
    0x5425: "TCSBRKP", 0x5429: "TIOCGSID", 0x802C542A: "TCGETS2", 0x402C542B: "TCSETS2", 0x402C542C: "TCSETSW2",
    0x402C542D: "TCSETSF2", 0x80045430: "TIOCGPTN", 0x40045431: "TIOCSPTLCK", 0x5441: "TIOCGPTPEER",
    0x5450: "FIONCLEX", 0x5451: "FIOCLEX", 0x5452: "FIOASYNC", 0x5460: "FIOQSIZE", 0x8905: "SIOCATMARK",
    0x8910: "SIOCGIFNAME", 0x8912: "SIOCGIFCONF", 0x8913: "SIOCGIFFLAGS", 0x8915: "SIOCGIFADDR",
    0x891B: "SIOCGIFNETMASK", 0x8921: "SIOCGIFMTU", 0x8927: "SIOCGIFHWADDR", 0x8933: "SIOCGIFINDEX",
}  # fmt: skip

# <asm-generic/socket.h>, <linux/in.h>, <linux/in6.h>, <linux/tcp.h>: settings of a socket's own traffic. Not among
# them are those that hang lists in the kernel which no cgroup counts (multicast groups, signature keys), or its
# compiled code, of which the host has so much and no more (filters).
_SOCKET_OPTIONS = {
    1: {2: "REUSEADDR", 5: "DONTROUTE", 6: "BROADCAST", 7: "SNDBUF", 8: "RCVBUF", 9: "KEEPALIVE", 10: "OOBINLINE",
        12: "PRIORITY", 13: "LINGER", 15: "REUSEPORT", 16: "PASSCRED", 18: "RCVLOWAT", 19: "SNDLOWAT", 20: "RCVTIMEO",
        21: "SNDTIMEO", 29: "TIMESTAMP", 35: "TIMESTAMPNS", 40: "RXQ_OVFL", 42: "PEEK_OFF", 66: "RCVTIMEO_NEW",
        67: "SNDTIMEO_NEW"},
    0: {1: "IP_TOS", 2: "IP_TTL", 8: "IP_PKTINFO", 10: "IP_MTU_DISCOVER", 11: "IP_RECVERR", 12: "IP_RECVTTL",
        13: "IP_RECVTOS", 24: "IP_BIND_ADDRESS_NO_PORT", 32: "IP_MULTICAST_IF", 33: "IP_MULTICAST_TTL",
        34: "IP_MULTICAST_LOOP", 49: "IP_MULTICAST_ALL"},
    6: {1: "TCP_NODELAY", 2: "TCP_MAXSEG", 3: "TCP_CORK", 4: "TCP_KEEPIDLE", 5: "TCP_KEEPINTVL", 6: "TCP_KEEPCNT",
        7: "TCP_SYNCNT", 8: "TCP_LINGER2", 9: "TCP_DEFER_ACCEPT", 10: "TCP_WINDOW_CLAMP", 12: "TCP_QUICKACK",
        18: "TCP_USER_TIMEOUT", 25: "TCP_NOTSENT_LOWAT"},
    41: {16: "IPV6_UNICAST_HOPS", 17: "IPV6_MULTICAST_IF", 18: "IPV6_MULTICAST_HOPS", 19: "IPV6_MULTICAST_LOOP",
         23: "IPV6_MTU_DISCOVER", 25: "IPV6_RECVERR", 26: "IPV6_V6ONLY", 29: "IPV6_MULTICAST_ALL",
         49: "IPV6_RECVPKTINFO", 51: "IPV6_RECVHOPLIMIT", 66: "IPV6_RECVTCLASS", 67: "IPV6_TCLASS"},
}  # fmt: skip

# Any pid but 1, as a filter can say it: some other bit is set, or the lowest is not.
_NOT_INIT = (
    (Argument(0, 0, 1), "any thread but init, which must get to run; real time is refused by RLIMIT_RTPRIO"),
    *((Argument(0, 1 << bit, 1 << bit), f"the same: bit {bit} of the pid is set") for bit in range(1, 32)),
)

ALLOWED: Final = (
    # Files the program may reach are decided by uid, overlay and mounts, not here.
    Rule("read pread64 readv preadv", "read what is open"),
    Rule("preadv2 pwritev2", "the same; RWF_NOWAIT would tell what is in the page cache", (Argument(5, 0),)),
    Rule("write pwrite64 writev pwritev", "write what is open"),
    Rule("open openat openat2 creat close close_range", "open and close files"),
    Rule("lseek ftruncate truncate fallocate readahead", "positions and sizes of files"),
    Rule("fsync fdatasync sync_file_range msync", "databases and build tools flush their own files"),
    Rule("stat lstat fstat newfstatat statx statfs fstatfs", "look at files"),
    Rule("access faccessat faccessat2 readlink readlinkat getdents getdents64", "look at files and folders"),
    Rule("getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr", "cp and tar read attributes"),
    Rule("mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2", "the program's own folders"),
    Rule("link linkat symlink symlinkat", "the program's own links"),
    Rule("chmod fchmod fchmodat fchmodat2 umask utime utimes utimensat futimesat", "the program's own files"),
    Rule("chown fchown lchown fchownat", "to its own uid only; the kernel refuses others"),
    *(
        Rule("mknod", f"mkfifo and plain files, never a device: {kind:#o}", (Argument(1, kind, _S_IFMT),))
        for kind in (0, _S_IFREG, _S_IFIFO, _S_IFSOCK)
    ),
    *(
        Rule("mknodat", f"mkfifo and plain files, never a device: {kind:#o}", (Argument(2, kind, _S_IFMT),))
        for kind in (0, _S_IFREG, _S_IFIFO, _S_IFSOCK)
    ),
    Rule("chdir fchdir getcwd", "the working directory"),
    Rule("dup dup2 dup3 fcntl flock", "descriptors and locks on files of this jail"),
    *(Rule("ioctl", name, (Argument(1, number),)) for number, name in _IOCTLS.items()),
    Rule("pipe pipe2 sendfile splice tee copy_file_range", "move bytes between descriptors"),
    Rule("poll ppoll select pselect6", "wait for descriptors"),
    Rule("epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2", "event loops"),
    Rule("eventfd eventfd2 signalfd signalfd4 timerfd_create timerfd_settime timerfd_gettime", "event loops"),
    Rule("inotify_init inotify_init1 inotify_add_watch inotify_rm_watch", "file watchers; limits are per user"),
    # Huge pages come from a pool of the host's that the memory cgroup does not count.
    Rule("memfd_create", "V8 and CoreCLR map code through it", (Argument(1, 0, _MFD_HUGETLB),)),
    Rule("mmap", "memory of the program itself", (Argument(3, 0, _MAP_HUGETLB),)),
    Rule("shmget", "SysV IPC of the jail's own namespace", (Argument(2, 0, _SHM_HUGETLB),)),
    # Memory is limited by the cgroup.
    Rule("munmap mremap mprotect madvise brk mincore membarrier", "memory of the program itself"),
    Rule("mlock mlock2 munlock mlockall munlockall", "up to RLIMIT_MEMLOCK"),
    Rule("pkey_alloc pkey_free pkey_mprotect", "V8 protects its code with them"),
    Rule("get_mempolicy", "CoreCLR asks for NUMA nodes and gives up without an answer"),
    Rule("shmat shmdt shmctl semget semop semtimedop semctl", "SysV IPC of the jail's own namespace"),
    Rule("msgget msgsnd msgrcv msgctl", "SysV IPC of the jail's own namespace"),
    Rule("mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr", "queues, of the jail alone"),
    # Processes: numbers are limited by the cgroup, names by the PID namespace.
    Rule("clone", "fork and threads, never a namespace", (Argument(0, 0, _NAMESPACE_FLAGS),)),
    Rule("fork vfork execve execveat exit exit_group", "processes"),
    Rule("wait4 waitid pidfd_open pidfd_send_signal", "children"),
    Rule("kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo", "signals to processes of this jail"),
    Rule("rt_sigaction rt_sigprocmask rt_sigreturn rt_sigsuspend rt_sigpending rt_sigtimedwait", "signals received"),
    Rule("sigaltstack pause restart_syscall", "signals received"),
    Rule("getpid getppid gettid getpgid getpgrp getsid setpgid setsid", "process groups, for shells"),
    Rule("getuid geteuid getgid getegid getresuid getresgid getgroups capget", "who am I"),
    Rule("futex futex_waitv set_robust_list get_robust_list set_tid_address rseq arch_prctl", "threads"),
    Rule("sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_getattr", "threads"),
    *(
        Rule("sched_setaffinity sched_setparam sched_setscheduler sched_setattr", why, (condition,))
        for condition, why in _NOT_INIT
    ),
    Rule("sched_get_priority_max sched_get_priority_min sched_rr_get_interval", "threads"),
    Rule("getpriority getcpu", "priorities and processors"),
    Rule("setpriority", "being nicer oneself, not making init so", (Argument(0, 0), Argument(1, 0))),
    Rule("getrlimit setrlimit getrusage times sysinfo uname", "own limits, which can only be lowered, and usage"),
    # Of another process, limits could be lowered: those of init, for one.
    Rule("prlimit64", "own limits only", (Argument(0, 0),)),
    *(Rule("prctl", name, (Argument(0, number),)) for number, name in _PRCTL_OPTIONS.items()),
    Rule("personality", "ask for it", (Argument(0, 0xFFFF_FFFF),)),
    Rule("personality", "set the one it has", (Argument(0, 0),)),
    Rule("getrandom", "randomness"),
    # Time.
    Rule("clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time", "tell time and sleep"),
    Rule("alarm getitimer setitimer timer_create timer_settime timer_gettime timer_getoverrun timer_delete", "timers"),
    # Sockets: the network namespace has no interface that is up. Families and protocols beyond these are
    # attack surface only, and asking for some makes the kernel load modules.
    *(
        Rule("socket", "unix sockets", (Argument(0, _AF_UNIX), Argument(1, kind, _SOCK_TYPE_MASK)))
        for kind in (_SOCK_STREAM, _SOCK_DGRAM, _SOCK_SEQPACKET)
    ),
    *(
        Rule("socket", "TCP and UDP, which lead nowhere", (
            Argument(0, family), Argument(1, kind, _SOCK_TYPE_MASK), Argument(2, protocol)))
        for family in (_AF_INET, _AF_INET6)
        for kind, protocols in ((_SOCK_STREAM, (0, _IPPROTO_TCP)), (_SOCK_DGRAM, (0, _IPPROTO_UDP)))
        for protocol in protocols
    ),
    Rule("socketpair", "pipes in both directions", (Argument(0, _AF_UNIX),)),
    Rule("bind connect listen accept accept4 getsockname getpeername shutdown", "sockets of this jail"),
    Rule("sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg getsockopt", "sockets of this jail"),
    *(
        Rule("setsockopt", name, (Argument(1, level), Argument(2, number)))
        for level, options in _SOCKET_OPTIONS.items()
        for number, name in options.items()
    ),
)  # fmt: skip

# Refused in a way that says "this kernel is too old", so that libraries take their older path.
NOT_IMPLEMENTED: Final = (
    Rule("clone3", "its flags lie in memory, where a filter can't look; glibc falls back to clone"),
    Rule("io_uring_setup io_uring_enter io_uring_register", "would do file and socket calls past this filter"),
    Rule("io_setup io_submit io_getevents io_destroy io_cancel", "legacy AIO; nothing needs it"),
    Rule("fanotify_init fanotify_mark", "CoreCLR and file watchers fall back to inotify"),
    Rule("statmount listmount", "newer than the tools; would tell of mounts"),
    Rule("futex_wake futex_wait futex_requeue mseal map_shadow_stack", "newer than any runtime here needs"),
)

# Done by doing nothing: advice that would reach the page cache, which all jails share.
IGNORED: Final = (Rule("fadvise64", "POSIX_FADV_DONTNEED evicts a toolchain that others are using"),)
