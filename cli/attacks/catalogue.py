"""What is tried, and the one outcome of each attempt that shows the jail at work. Data only."""

from typing import Final

from cli.attacks.verdicts import Attack

_ONLY_IN_JAILS = "outside there is no such thing"


def _group(group: str, *rows: tuple[str, str, str] | tuple[str, str, str, str]) -> tuple[Attack, ...]:
    return tuple(
        Attack(group=group, name=row[0], tried=row[1], expected=row[2], no_control=row[3] if len(row) > 3 else "")
        for row in rows
    )


# Refused by the system call filter, whoever asks.
_FILTERED: Final = {
    "mount": "a file system over /tmp",
    "mount cgroup2": "the cgroups' file system over /tmp",
    "remount /proc writable": "the read-only mount made writable",
    "fsopen": "the newer way to mount",
    "pivot_root": "another root",
    "chroot": "another root, the older way",
    "open_by_handle_at": "any file by its number",
    "unshare a user namespace": "root in a namespace of its own",
    "unshare a mount namespace": "mounts of its own",
    "unshare a network namespace": "a network of its own",
    "clone into a user namespace": "the same by clone",
    "setns": "another namespace",
    "ptrace of PID 1": "control of the jail's init",
    "memory of PID 1": "process_vm_readv",
    "descriptor of PID 1": "pidfd_getfd",
    "setuid(0)": "root",
    "setgroups": "other groups",
    "keyctl": "the kernel's keyrings",
    "add_key": "a key left in them",
    "bpf": "code in the kernel",
    "perf_event_open": "the kernel's counters",
    "userfaultfd": "page faults held up",
    "load a module": "finit_module",
    "unload a module": "delete_module",
    "reboot": "with wrong numbers, to be safe",
    "set the host name": "sethostname",
    "make a disk": "mknod of a block device",
    "type into a terminal": "TIOCSTI",
}

CATALOGUE: Final = (
    *_group(
        "network",
        ("interfaces that are up", "which there are, loopback included", "none"),
        ("TCP to the host's loopback", "a listener of the doctor's", "ENETUNREACH"),
        ("UDP to the host's loopback", "another one", "ENETUNREACH"),
        ("abstract unix socket", "a third", "ECONNREFUSED"),
        ("heard on the host", "what came to them", "nothing"),
        ("raw socket", "packets made by hand", "EPERM"),
        ("packet socket", "packets of others", "EPERM"),
        ("netlink socket", "the kernel's settings", "EPERM"),
        ("vsock socket", "the hypervisor", "EPERM"),
        ("crypto socket (AF_ALG)", "the kernel's crypto code", "EPERM"),
    ),
    *_group(
        "memory",
        ("more memory than the limit", "three times as much", "out_of_memory"),
        ("a process of the host", "with memory of its own, meanwhile", "unharmed",
         "the host's memory would have to run out"),
        ("memory past the end", "48 MiB in /dev/shm, the program gone", "given back"),
    ),
    *_group(
        "processes",
        ("fork bomb", "400 processes", "EAGAIN"),
        ("processes of a fork bomb", "counted on the host, by user and name", "within the limit"),
        ("daemon", "a process in a session of its own, the program gone", "ended"),
        ("cgroups of the jail", "looked for on the host, once it ended", "removed", _ONLY_IN_JAILS),
    ),
    *_group(
        "files",
        ("secret by its path", "a file of the host that anybody may read", "ENOENT"),
        ("secret by ../", "past the root", "ENOENT"),
        ("secret by /proc/self/root", "the root by another name", "ENOENT"),
        ("secret by /proc/1/root", "the root of PID 1", "ENOENT"),
        ("secret by any process", "the root of every process there is", "not found"),
        ("secret by any descriptor", "which a process of the host has open", "not found"),
        ("secret by its name", "searched for", "not found"),
        ("secret in an environment", "of any process", "not found"),
        ("write to a system file", "/etc/passwd", "EACCES"),
        ("new file in /usr", "O_TMPFILE", "EACCES"),
        ("new file in /etc", "O_TMPFILE", "EACCES"),
        ("change a system file's mode", "/etc/passwd", "EPERM"),
        ("files left on the host", "in its folder, /tmp, /var/tmp, /dev/shm; in the layers", "nothing"),
        ("marks of an earlier program", "in the next jail", "none"),
    ),
    *_group(
        "escapes",
        *((name, tried, "EPERM") for name, tried in _FILTERED.items()),
        ("clone3", "whose flags no filter can see", "ENOSYS"),
        ("io_uring", "calls past the filter", "ENOSYS"),
        ("namespace of PID 1", "/proc/1/ns/mnt", "ENOENT"),
        ("open /dev/mem", "the machine's memory", "ENOENT"),
        ("open /dev/kmsg", "the kernel's log", "ENOENT"),
        ("open core_pattern", "a program that the kernel starts as root", "EACCES"),
        ("open overcommit_memory", "how the host gives out its memory", "EACCES"),
        ("open release_agent", "the same by cgroup v1", "ENOENT"),
        ("open cgroup.procs", "out of the jail's cgroup", "ENOENT"),
        ("capabilities", "in any of the five sets", "none"),
        ("no_new_privs", "that setuid programs do not count", "on"),
        ("system call filter", "that there is one", "on"),
    ),
    *_group(
        "time",
        ("endless loop", "500 ms allowed", "timeout"),
        ("its wall time", "as the supervisor counted", "the limit"),
        ("CPU time without end", "400 ms allowed", "cpu_timeout"),
    ),
    *_group(
        "output",
        ("flood of output", "8 MiB", "output_limit"),
        ("output taken", "what of it came through", "the limit"),
        ("fill the disk", "256 MiB", "ENOSPC"),
    ),
)  # fmt: skip
