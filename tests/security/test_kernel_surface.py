"""System calls that no language needs, made by hand."""

import pytest

from tests.service import Service

pytestmark = pytest.mark.service

EPERM, ENOSYS, EINVAL = 1, 38, 22
HEADER = """
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/syscall.h>
static void tell(const char *what, long result) { printf("%s %d\\n", what, result < 0 ? errno : 0); }
"""


def probe(service: Service, calls: dict[str, str]) -> dict[str, int]:
    """Make each call in one C program; return the errno of each."""
    lines = "\n".join(f'tell("{name}", syscall({arguments}));' for name, arguments in calls.items())
    answer = service.execute("c", f"{HEADER}int main(void) {{\n{lines}\nreturn 0;\n}}")
    assert answer["compile"]["status"] == "ok", answer["compile"]["stderr"]
    return {line.split()[0]: int(line.split()[1]) for line in answer["run"]["stdout"].splitlines()}


def test_refused_calls(service: Service) -> None:
    calls = {
        "mount": "165, 0, 0, 0, 0, 0", "umount2": "166, 0, 0", "unshare": "272, 0x10000000", "setns": "308, 0, 0",
        "pivot_root": "155, 0, 0", "chroot": "161, 0", "ptrace": "101, 0, 0, 0, 0", "process_vm_readv": "310, 1, 0, 0, 0, 0, 0",
        "pidfd_getfd": "438, 0, 0, 0", "kcmp": "312, 1, 1, 0, 0, 0", "bpf": "321, 0, 0, 0", "userfaultfd": "323, 0",
        "perf_event_open": "298, 0, 0, 0, 0, 0", "add_key": "248, 0, 0, 0, 0, 0", "keyctl": "250, 0", "init_module": "175, 0, 0, 0",
        "reboot": "169, 0, 0, 0, 0", "open_tree": "428, 0, 0, 0", "fsopen": "430, 0, 0", "open_by_handle_at": "304, 0, 0, 0",
        "memfd_secret": "447, 0", "modify_ldt": "154, 0, 0, 0", "iopl": "172, 3", "seccomp": "317, 0, 0, 0",
        "clone_newuser": "56, 0x10000011L, 0, 0, 0, 0", "clone_newuser_high": "56, 0x110000011L, 0, 0, 0, 0",
        "personality": "135, 0x0040000", "memfd_hugetlb": '319, "x", 4', "prlimit_init": "302, 1, 7, 0, 0",
        "socket_raw": "41, 2, 3, 255", "socket_packet": "41, 17, 3, 0", "socket_netlink": "41, 16, 3, 0", "socket_alg": "41, 38, 5, 0",
        "socket_vsock": "41, 40, 1, 0", "socket_high": "41, 0x100000011L, 3, 0", "socket_mptcp": "41, 2, 1, 262", "socket_udplite": "41, 2, 2, 136",
        "ioctl_tiocsti": "16, 0, 0x5412, 0", "prctl_set_mm": "157, 35, 1, 0, 0, 0",
    }  # fmt: skip
    answers = probe(service, calls)
    assert {name: errno for name, errno in answers.items() if errno != EPERM} == {}
    assert answers.keys() == calls.keys()


def test_calls_that_runtimes_can_do_without(service: Service) -> None:
    calls = {
        "clone3": "435, 0, 0",
        "io_uring_setup": "425, 1, 0",
        "io_setup": "206, 1, 0",
        "fanotify_init": "300, 0, 0",
    }
    assert probe(service, calls) == dict.fromkeys(calls, ENOSYS)


def test_allowed_calls_are_the_control(service: Service) -> None:
    calls = {
        "getpid": "39",
        "socket_tcp": "41, 2, 1, 0",
        "socket_unix": "41, 1, 1, 0",
        "memfd": '319, "x", 0',
        "fadvise": "221, 0, 0, 0, 4",
    }
    assert probe(service, calls) == dict.fromkeys(calls, 0)


def test_other_entry_points_are_closed(service: Service) -> None:
    code = """
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <errno.h>
int main(void) {
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory"); /* getpid of the 32-bit table */
    printf("%d\\n", result);
    long x32 = syscall(0x40000000 | 39); /* getpid of x32 */
    printf("%ld %d\\n", x32, errno);
}
"""
    assert service.run("c", code)["stdout"] == "-38\n-1 38\n"


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('1.1.1.1', 53), 2)",
        "import socket; socket.create_connection(('169.254.169.254', 80), 2)",
        "import socket; socket.create_connection(('::1', 80), 2)",
        "import socket; socket.getaddrinfo('example.com', 80)",
        "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b'x', ('8.8.8.8', 53))",
    ],
)
def test_there_is_no_network(service: Service, code: str) -> None:
    run = service.run("python", code)
    assert run["code"] == 1
    assert "rror" in run["stderr"].splitlines()[-1]  # OSError, socket.gaierror
    assert run["time_ms"] < 1900  # refused, not timed out


def test_the_mount_table_tells_nothing_of_the_host(service: Service) -> None:
    run = service.run("bash", "cat /proc/self/mountinfo /proc/self/mounts /proc/self/cgroup")
    assert str(service.state) not in run["stdout"]
    assert "/run/runjail" not in run["stdout"]
    assert service.cgroup_name not in run["stdout"]


def test_compilers_take_no_options_from_file_names(service: Service) -> None:
    files = {"main.c": "int main(void) { return 0; }", "@evil.c": "int x;", "evil.c": "-v"}
    assert "Target:" not in service.execute("c", files)["compile"]["stderr"]
    answer = service.execute("c", {"main.c": "int main(void) { return 0; }", "-v.c": "int y;"})
    assert (answer["compile"]["status"], answer["compile"]["stderr"]) == ("ok", "")
