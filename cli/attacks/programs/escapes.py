"""Ask the kernel, by number, for what would lead out. Outside of a jail nothing of it changes anything that lasts."""
import ctypes, fcntl, glob, os, pty, stat, struct, sys
from attempting import attempt, call, say

CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWNET, SIGCHLD = 0x10000000, 0x20000, 0x40000000, 17


def write_to(*patterns):
    """Open for writing the first there is; nothing is written."""
    paths = [path for pattern in patterns for path in glob.glob(pattern)] or patterns
    os.close(os.open(paths[0], os.O_WRONLY))


def disk():
    name = f"disk-{os.getpid()}"
    try:
        os.mknod(name, stat.S_IFBLK | 0o600, os.makedev(7, 0))
        os.unlink(name)
    except FileNotFoundError:
        pass


def type_into_a_terminal():
    try:
        terminal = pty.openpty()[1]
        os.setsid()
        fcntl.ioctl(terminal, 0x540E, 0)  # TIOCSCTTY
    except OSError:
        terminal = 0  # there is none to be had; the answer is the same for whatever is asked
    fcntl.ioctl(terminal, 0x5412, b"x")  # TIOCSTI


attributes = ctypes.create_string_buffer(struct.pack("4I", 2, 4, 4, 1), 128)  # of an array with one element
attempt("mount", lambda: call(165, b"none", b"/tmp", b"tmpfs", 0, None))
attempt("mount cgroup2", lambda: call(165, b"none", b"/tmp", b"cgroup2", 0, None))
attempt("remount /proc writable", lambda: call(165, None, b"/proc", None, 0x1020, None))
attempt("fsopen", lambda: call(430, b"tmpfs", 0))
attempt("pivot_root", lambda: call(155, b"/", b"/"))
attempt("chroot", lambda: os.chroot("/"))
attempt("open_by_handle_at", lambda: call(304, -100, None, 0))
attempt("unshare a user namespace", lambda: call(272, CLONE_NEWUSER))
attempt("unshare a mount namespace", lambda: call(272, CLONE_NEWNS))
attempt("unshare a network namespace", lambda: call(272, CLONE_NEWNET))
attempt("clone into a user namespace", lambda: call(56, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0))
attempt("clone3", lambda: call(435, None, 0))
attempt("setns", lambda: call(308, os.open("/proc/self/ns/uts", os.O_RDONLY), 0))
attempt("namespace of PID 1", lambda: os.close(os.open("/proc/1/ns/mnt", os.O_RDONLY)))
attempt("ptrace of PID 1", lambda: call(101, 0x4206, 1, 0, 0))
attempt("memory of PID 1", lambda: call(310, 1, None, 1, None, 1, 0))
attempt("descriptor of PID 1", lambda: call(438, os.pidfd_open(1), 0, 0))
attempt("setuid(0)", lambda: call(105, 0))
attempt("setgroups", lambda: call(116, 0, None))
attempt("keyctl", lambda: call(250, 0, -2, 1))
attempt("add_key", lambda: call(248, b"user", b"runjail", b"x", 1, -2))
attempt("bpf", lambda: call(321, 0, attributes, 72))
attempt("perf_event_open", lambda: call(298, None, 0, -1, -1, 0))
attempt("userfaultfd", lambda: call(323, 1))
attempt("io_uring", lambda: call(425, 4, None))
attempt("load a module", lambda: call(313, -1, b"", 0))
attempt("unload a module", lambda: call(176, b"runjail_no_such_module", 0x800))
attempt("reboot", lambda: call(169, 0, 0, 0, None))  # with numbers that are not those to do it by
attempt("set the host name", lambda: call(170, b"attacked", 8))
attempt("make a disk", disk)
attempt("open /dev/mem", lambda: write_to("/dev/mem"))
attempt("open /dev/kmsg", lambda: write_to("/dev/kmsg"))
attempt("open core_pattern", lambda: write_to("/proc/sys/kernel/core_pattern"))
attempt("open overcommit_memory", lambda: write_to("/proc/sys/vm/overcommit_memory"))
attempt("open release_agent", lambda: write_to("/sys/fs/cgroup/*/release_agent"))
attempt("open cgroup.procs", lambda: write_to("/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/*/cgroup.procs"))
attempt("type into a terminal", type_into_a_terminal)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
masks = [int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")]
say("capabilities", "some" if any(masks) else "none")
say("no_new_privs", {"0": "off", "1": "on"}[status["NoNewPrivs"].strip()])
say("system call filter", {"0": "none", "2": "on"}.get(status["Seccomp"].strip(), "another"))
