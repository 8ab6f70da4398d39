"""Group 12: what the kernel shows of itself and of others, and the levers it has there."""

import os
import re
import socket
from pathlib import Path

import pytest

from jail.rootfs import MASKED_PROC
from tests.security.attacks import Program, holding, named, outcomes, variants
from tests.service import Service

pytestmark = pytest.mark.service

CHECKOUT = Path(__file__).parents[2]
# Levers of the kernel's: each steers the whole host, or a part of it that is not the program's.
KERNEL = (
    "sysrq-trigger", "kcore", "kmsg", "mtrr", "acpi/wakeup", "irq/0/smp_affinity", "irq/default_smp_affinity", "dynamic_debug/control",
    "scsi/scsi", "timer_list", "slabinfo", "bus/pci/00/00.0", "fs/nfsd", "swaps", "self/net/ipt_hashlimit", "sysvipc/shm", "locks", "kpageflags",
    "sys/kernel/core_pattern", "sys/kernel/core_pipe_limit", "sys/kernel/modprobe", "sys/kernel/hotplug", "sys/kernel/poweroff_cmd",
    "sys/kernel/hostname", "sys/kernel/domainname", "sys/kernel/randomize_va_space", "sys/kernel/kptr_restrict", "sys/kernel/dmesg_restrict",
    "sys/kernel/perf_event_paranoid", "sys/kernel/unprivileged_bpf_disabled", "sys/kernel/io_uring_disabled", "sys/kernel/yama/ptrace_scope",
    "sys/kernel/panic", "sys/kernel/panic_on_oops", "sys/kernel/printk", "sys/kernel/sysrq", "sys/kernel/ctrl-alt-del", "sys/kernel/cad_pid",
    "sys/kernel/ns_last_pid", "sys/kernel/pid_max", "sys/kernel/threads-max", "sys/kernel/shmmax", "sys/kernel/shm_rmid_forced",
    "sys/kernel/msgmax", "sys/kernel/sem", "sys/kernel/sched_rt_runtime_us", "sys/kernel/random/boot_id", "sys/kernel/random/uuid",
    "sys/kernel/ftrace_enabled", "sys/kernel/softlockup_panic", "sys/kernel/usermodehelper/bset", "sys/kernel/keys/maxkeys",
    "sys/vm/drop_caches", "sys/vm/compact_memory", "sys/vm/overcommit_memory", "sys/vm/panic_on_oom", "sys/vm/swappiness",
    "sys/vm/mmap_min_addr", "sys/vm/nr_hugepages", "sys/vm/max_map_count", "sys/vm/oom_kill_allocating_task", "sys/vm/unprivileged_userfaultfd",
    "sys/fs/binfmt_misc/register", "sys/fs/protected_hardlinks", "sys/fs/suid_dumpable", "sys/fs/file-max", "sys/fs/mqueue/queues_max",
    "sys/fs/inotify/max_user_watches", "sys/fs/pipe-max-size", "sys/net/ipv4/ip_forward", "sys/net/ipv4/ping_group_range",
    "sys/net/ipv4/ip_unprivileged_port_start", "sys/net/core/bpf_jit_enable", "sys/net/core/somaxconn", "sys/net/ipv6/conf/all/forwarding",
    "sys/user/max_user_namespaces", "sys/dev/tty/legacy_tiocsti", "sys/debug/exception-trace", "sys/abi/vsyscall32",
)  # fmt: skip
# Those of the process itself: the ones that would hurt the host, and, as /proc is read-only, all others.
OWN = (
    "mem", "oom_score_adj", "oom_adj", "uid_map", "gid_map", "projid_map", "setgroups", "loginuid", "sessionid", "attr/current", "attr/exec",
    "attr/fscreate", "attr/keycreate", "attr/sockcreate", "timens_offsets", "clear_refs", "coredump_filter", "comm", "autogroup", "sched",
    "timerslack_ns", "latency", "make-it-fail", "fail-nth", "seccomp_cache", "ksm_stat", "environ", "cmdline", "maps", "pagemap", "limits",
    "cgroup", "mountinfo", "ns/net", "ns/mnt", "io", "stack", "syscall", "patch_state",
)  # fmt: skip
SYS = (
    "kernel/debug", "kernel/tracing", "kernel/security", "kernel/config", "kernel/uevent_helper", "kernel/kexec_loaded", "kernel/mm/ksm/run",
    "kernel/mm/transparent_hugepage/enabled", "kernel/notes", "kernel/vmcoreinfo", "kernel/btf/vmlinux", "kernel/slab", "kernel/debug/sched",
    "kernel/debug/tracing/trace_pipe", "kernel/tracing/trace_marker", "kernel/security/apparmor/.load", "fs/cgroup", "fs/cgroup/cgroup.procs",
    "fs/cgroup/release_agent", "fs/cgroup/memory/memory.limit_in_bytes", "fs/cgroup/devices/devices.allow", "fs/bpf", "fs/fuse/connections",
    "fs/pstore", "fs/selinux/enforce", "power/state", "power/disk", "power/wake_lock", "module", "class/net", "class/block", "class/dmi/id/product_uuid",
    "block", "bus/pci/rescan", "firmware/efi/efivars", "firmware/acpi/tables", "firmware/dmi/tables/DMI", "devices/system/cpu/cpu0/online",
    "devices/system/cpu/vulnerabilities", "devices/system/memory", "devices/virtual/dmi/id", "devices/pci0000:00", "hypervisor/uuid",
)  # fmt: skip
REFUSALS = ("permission denied", "read-only file system", "no such file", "operation not permitted", "is a directory", "illegal operation on a directory", "eacces", "erofs",
            "enoent", "eperm", "accessdenied", "nosuchfile")  # fmt: skip


def not_refused(told: dict[str, str]) -> dict[str, str]:
    """Without what is masked: opened, it is /dev/null, where a write is lost (see the tests of the masks)."""
    return {
        path: outcome
        for path, outcome in told.items()
        if not any(word in outcome.lower() for word in REFUSALS) and path.removeprefix("/proc/") not in MASKED_PROC
    }


@pytest.mark.parametrize("program", variants("proc_and_sys/write"), ids=named)
def test_levers_are_out_of_reach(service: Service, program: Program) -> None:
    paths = [
        *(f"/proc/{name}" for name in (*KERNEL, *(f"self/{own}" for own in OWN), *(f"1/{own}" for own in OWN))),
        *(f"/sys/{name}" for name in SYS),
    ]
    told = outcomes(program.run(service, args=["write", *paths, "/dev/null"])["stdout"])
    assert told.pop("/dev/null") == "done"
    assert (list(told), not_refused(told)) == (paths, {})
    assert [path for path, outcome in told.items() if path.startswith("/sys/") and outcome == "done"] == []


@pytest.mark.parametrize("program", variants("proc_and_sys/write"), ids=named)
def test_levers_are_in_reach_outside(service: Service, program: Program) -> None:
    """The control: the real root may open them; the host has those of /sys."""
    levers = [
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/kernel/hostname",
        "/proc/sys/vm/drop_caches",
        "/proc/self/mem",
        "/proc/self/oom_score_adj",
    ]
    told = outcomes(program.run_outside(service.state, args=["open", *levers], as_root=True).stdout)
    assert told == dict.fromkeys(levers, "done")
    assert len([name for name in SYS if Path("/sys", name).exists()]) > 10


@pytest.mark.parametrize(("name", "argument"), [("walk.py", "/proc"), ("walk.py", "/sys"), ("walk.c", "")])
def test_nothing_can_be_opened_for_writing(service: Service, name: str, argument: str) -> None:
    """In all that there is, by a walk, but masks and one's own streams."""
    run = Program(f"proc_and_sys/{name}").run(service, args=[argument], run_timeout=30_000)
    *lines, last = run["stdout"].splitlines()
    masks = {line.removeprefix("mask /proc/") for line in lines if line.startswith("mask")}
    others = {line for line in lines if not line.startswith("mask")}
    assert masks <= set(MASKED_PROC)
    assert {line for line in others if not re.fullmatch(r"stream /proc/\d+/(task/\d+/)?fd/[012]", line)} == set()
    assert int(last.removeprefix("tried ")) > (500 if argument != "/sys" else -1)
    assert run["time_ms"] < 20_000


def test_much_can_be_opened_for_writing_outside(service: Service) -> None:
    done = Program("proc_and_sys/walk.py").run_outside(service.state, args=["/proc/sys/kernel"], as_root=True)
    assert len([line for line in done.stdout.splitlines() if line.startswith("file ")]) > 50


def everything(service: Service) -> dict[str, str]:
    """All of /proc that can be read, as a program reads it."""
    run = Program("proc_and_sys/read_all.py").run(service, args=["2000"], run_timeout=30_000)
    *parts, last = run["stdout"].split("===\n")[1:]
    assert (run["status"], last.strip(), len(parts) > 500) == ("ok", "end", True)
    return {path: content for path, _, content in (part.partition("\n") for part in parts)}


def test_proc_tells_no_address_of_the_kernel(service: Service) -> None:
    found = {path: re.findall(r"\bffff[89a-f][0-9a-f]{11}\b", content) for path, content in everything(service).items()}
    fixed = {"ffffffffff600000", "ffffffffff601000"}  # the vsyscall page, the same everywhere
    assert {path: addresses for path, addresses in found.items() if set(addresses) - fixed} == {}


def test_proc_tells_nothing_of_the_host(service: Service) -> None:
    """Neither which it is nor what runs there: names, boot, command line, paths, network, disks."""
    disks = [line.split()[3] for line in Path("/proc/partitions").read_text().splitlines()[2:]]
    words = [
        socket.gethostname(), Path("/proc/sys/kernel/random/boot_id").read_text().strip(), Path("/proc/cmdline").read_text().strip(),
        str(service.run_dir), service.cgroup_name, str(service.state), str(CHECKOUT), "eth0",
    ]  # fmt: skip
    content = {path: text for path, text in everything(service).items() if "/random/uuid" not in path}
    for word in (*words, *(f" {disk}\n" for disk in disks)):
        pattern = (
            re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])") if word[0] != " " else re.compile(re.escape(word))
        )
        assert [path for path, text in content.items() if pattern.search(text)] == [], word
    for name in (
        "cmdline",
        "kallsyms",
        "kmsg",
        "keys",
        "iomem",
        "interrupts",
        "config.gz",
        "sys/kernel/random/boot_id",
    ):
        assert content.get(f"/proc/{name}", "").strip() in ("", "error: Permission denied")
    assert "runjail" in content["/proc/sys/kernel/hostname"]  # the control: what is there is read


def test_masks_hold(service: Service) -> None:
    """By other names, by handles, and by taking them away; nothing is behind or above them."""
    told = outcomes(Program("proc_and_sys/masks.py").run(service)["stdout"])
    assert told.pop("control file").startswith("done b'Linux")
    assert told.pop("control folder").startswith("done [")
    assert len(told) > 60
    done = {what: outcome for what, outcome in told.items() if outcome.startswith("done")}
    assert set(done.values()) == {"done 'nothing'"}
    assert [what for what in done if not what.startswith(("read", "list", "above"))] == []


@pytest.mark.parametrize("program", variants("proc_and_sys/init"), ids=named)
def test_init_is_not_looked_into(service: Service, program: Program) -> None:
    """Not even its name is there; that one looks into oneself is the control."""
    told = outcomes(program.run(service, args=["1"])["stdout"])
    assert {what: outcome for what, outcome in told.items() if outcome == "done"} == {}
    if program.name.endswith(".c"):
        told = {what: outcome for what, outcome in told.items() if what.startswith(("open", "stat", "list"))}
    missing = [
        what
        for what, outcome in told.items()
        if any(word in outcome.lower() for word in ("no such", "enoent", "nosuch", "unknown"))
    ]
    assert missing == list(told)
    own = outcomes(program.run(service, args=["self"])["stdout"])
    assert len([what for what, outcome in own.items() if outcome == "done"]) >= 8


def test_init_is_looked_into_outside(service: Service) -> None:
    told = outcomes(Program("proc_and_sys/init.c").run_outside(service.state, args=["1"], as_root=True).stdout)
    assert [told[what] for what in ("open environ", "open mem", "open root", "open fd", "kcmp", "pidfd_getfd")] == [
        "done"
    ] * 6


def test_processes_of_others_are_not_there(service: Service) -> None:
    """By listing, stat, signal and process group, for every number of the host's; nor those of a jail beside it."""
    assert service.supervisor
    highest = max(int(name) for name in os.listdir("/proc") if name.isdigit())
    with holding(service, Program("reading_files/hold.py"), stdin="word\n"):
        run = Program("proc_and_sys/processes.py").run(
            service, args=[str(min(highest + 100, 100_000))], run_timeout=60_000
        )
    found = {line.split()[0]: set(line.split()[1:]) for line in run["stdout"].splitlines()}
    own = found["own"]
    assert (found["listed"], found["stated"]) == (own, own)
    assert own <= found["signalled"] <= own | {"1"}  # init has the same uid, and is deaf
    assert own <= found["grouped"] <= own | {"1"}


@pytest.mark.parametrize("program", variants("command/run"), ids=named)
def test_sys_is_empty(service: Service, program: Program) -> None:
    run = program.run(
        service,
        args=["bash", "-c", "ls -A /sys; ls -A /sys/fs/cgroup /sys/kernel /sys/class; cat /proc/self/cgroup; echo end"],
    )
    lines = run["stdout"].splitlines()
    assert lines[-1] == "end"
    assert [
        line for line in lines[:-1] if not re.fullmatch(r"\d+:[\w=,]*:/", line)
    ] == []  # the root of one's own cgroups
    assert len(lines) > 1


TYPES = (
    "proc", "sysfs", "tmpfs", "cgroup", "cgroup2", "debugfs", "tracefs", "bpf", "securityfs", "binfmt_misc", "configfs", "devtmpfs", "devpts",
    "mqueue", "pstore", "efivarfs", "fusectl", "overlay", "ramfs", "hugetlbfs", "nsfs", "ext4",
)  # fmt: skip


def test_nothing_is_mounted_or_unmounted(service: Service) -> None:
    program = Program("proc_and_sys/mount.c")
    told = outcomes(program.run(service, args=TYPES)["stdout"])
    assert len(told) == 2 * len(TYPES) + 12
    assert [told.pop(f"{call} /proc") for call in ("statmount", "listmount")] == ["Function not implemented"] * 2
    assert set(told.values()) == {"Operation not permitted"}
    harmless = ["proc", "sysfs", "tmpfs"]
    outside = outcomes(program.run_outside(service.state, args=harmless, as_root=True).stdout)
    assert [outside[f"{call} {name}"] for name in harmless for call in ("mount", "fsopen")] == ["done"] * 6
    assert (outside["bind /proc"], outside["open_tree /proc"], outside["unmount /dev/shm"]) == ("done", "done", "done")


def test_page_frames_are_not_told(service: Service) -> None:
    program = Program("proc_and_sys/pagemap.c")
    told = outcomes(program.run(service)["stdout"])
    assert (told.pop("present"), told.pop("frame")) in (("1", "0"), ("0", "0"))
    assert set(told.values()) == {"refused"}
    outside = outcomes(program.run_outside(service.state, as_root=True).stdout)
    assert outside["frame"] != "0"


def cores(service: Service) -> set[str]:
    """What could be one, where a kernel that was told nothing else puts it, or a handler of the host's."""
    places = [
        "/",
        "/tmp",
        "/var/crash",
        "/var/lib/systemd/coredump",
        str(service.run_dir),
        str(service.state),
        str(CHECKOUT),
        os.getcwd(),
    ]
    return {
        os.path.join(place, name)
        for place in places
        if os.path.isdir(place)
        for name in os.listdir(place)
        if "core" in name
    }


def test_no_core_is_left(service: Service) -> None:
    """By nine signals in all four places one may write to; a handler of the host's is not started either."""
    before = cores(service)
    lines = Program("proc_and_sys/crash.c").run(service)["stdout"].splitlines()
    told = outcomes("\n".join(lines))  # no name of a file among them
    assert told.pop("raise") == "Operation not permitted"
    assert told.pop("filter") == "Read-only file system"
    assert (len(told), set(told.values())) == (4 * 9, {"no core"})
    assert cores(service) == before


@pytest.mark.parametrize("folder", ["/box", "/tmp"])
def test_crash_is_told_and_leaves_no_core(service: Service, folder: str) -> None:
    before = cores(service)
    run = Program("proc_and_sys/crash.py").run(service, args=[folder])
    assert (run["status"], run["signal"], run["code"]) == ("signaled", "SIGSEGV", None)
    assert run["stdout"] == "(1, 1)\n"  # the kernel's word for neither a file nor a pipe
    assert cores(service) == before


def test_core_is_left_outside(service: Service) -> None:
    """The control: with the limit raised, the same crashes leave some, in their own small tree."""
    done = Program("proc_and_sys/crash.c").run_outside(service.state, as_root=True)
    assert "raise: done" in done.stdout
    assert (
        len(re.findall(r"signal \d+: done", done.stdout)) > 10
        or "core" not in Path("/proc/sys/kernel/core_pattern").read_text()
    )
