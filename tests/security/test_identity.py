"""Who a program is, and what it can't become."""

import pytest

from tests.service import Service

pytestmark = pytest.mark.service


def test_no_capability_no_group_no_way_back(service: Service) -> None:
    status = service.run("bash", "grep -E '^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp):' /proc/self/status")["stdout"]
    fields = {line.partition(":")[0]: line.partition(":")[2].split() for line in status.splitlines()}
    assert fields["Uid"] == fields["Gid"] == ["1000"] * 4
    assert fields["Groups"] == []
    for capabilities in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert fields[capabilities] == ["0" * 16]
    assert (fields["NoNewPrivs"], fields["Seccomp"]) == (["1"], ["2"])


def test_no_descriptor_but_three(service: Service) -> None:
    code = """
import os
for fd in range(3, 20000):
    try: print(fd, os.readlink(f"/proc/self/fd/{fd}"))
    except OSError: pass
"""
    assert service.run("python", code)["stdout"] == ""
    code = "#include <fcntl.h>\nint main(void) { for (int fd = 3; fd < 20000; fd++) if (fcntl(fd, F_GETFD) >= 0) return 1; return 0; }"
    answer = service.execute("c", code)
    assert (answer["compile"]["code"], answer["run"]["code"]) == (0, 0)


def test_standard_streams_can_be_opened_by_name(service: Service) -> None:
    run = service.run("bash", "read x </dev/stdin; echo out $x >/dev/stdout; echo err >/dev/stderr", stdin="in\n")
    assert (run["stdout"], run["stderr"]) == ("out in\n", "err\n")


@pytest.mark.parametrize(
    "attempt",
    [
        "os.setuid(0)",
        "os.setgid(0)",
        "os.setgroups([0])",
        "os.setresuid(0, 0, 0)",
        "os.nice(-5)",
        "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))",
        "os.setpriority(os.PRIO_PROCESS, 1, 19)",
        "os.setpriority(os.PRIO_USER, 0, 19)",
        "os.chroot('/')",
        "os.chown('/box', 0, 0)",
        "os.mknod('/box/null', 0o20666, os.makedev(1, 3))",
        "resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))",
        "resource.prlimit(1, resource.RLIMIT_NOFILE, (1, 1))",
        "open('/proc/self/uid_map', 'w').write('0 0 1')",
        "open('/proc/self/oom_score_adj', 'w').write('-1000')",
        "socket.sethostname('x')",
        "os.link('/usr/bin/env', '/usr/bin/env2')",
        "open('/etc/ld.so.preload', 'w')",
        "open('/usr/bin/env', 'r+b')",
        "os.listdir('/proc/1')",
        "os.listdir('/root')",
        "open('/proc/kcore', 'rb').read(1) or 1 / 0",
        "open('/proc/sysrq-trigger', 'w').write('h')",
    ],
)
def test_attempt_fails(service: Service, attempt: str) -> None:
    code = f"import os, resource, socket\n{attempt}\nprint('done')"
    run = service.run("python", code)
    assert run["stdout"] == ""
    assert "Error" in run["stderr"].splitlines()[-1]
