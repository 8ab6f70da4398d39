"""Group 10: programs that want to speak to anybody, or to be spoken to."""

import os
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.attacks import Program, holding, named, outcomes, variants
from tests.security.ears import Ear, own_addresses, web_server
from tests.service import Service

pytestmark = pytest.mark.service

CONNECT = variants("network/connect")
FETCH = variants("network/fetch")
# What the kernel says, or nothing at all of a Java that found no IPv6.
NO_WAY = ("unreachable", "enetunreach", "cannot assign", "eaddrnotavail", "family unavailable", "null")
REFUSED = "Operation not permitted"


@pytest.fixture
def ear() -> Iterator[Ear]:
    opened = Ear()
    yield opened
    opened.close()


def here(port: int) -> list[str]:
    return [f"{kind}/{address}/{port}" for kind in ("tcp", "udp") for address in own_addresses()]


def refused_everywhere(told: dict[str, str]) -> dict[str, str]:
    return {what: outcome for what, outcome in told.items() if not any(word in outcome.lower() for word in NO_WAY)}


@pytest.mark.parametrize("program", CONNECT, ids=named)
def test_nobody_is_reached(service: Service, ear: Ear, program: Program) -> None:
    world = ["tcp/1.1.1.1/53", "udp/8.8.8.8/53", "tcp/2606:4700:4700::1111/53", "tcp/169.254.169.254/80"]
    targets = [*here(ear.port), f"tcp/127.0.0.1/{service.port}", *world]
    run = program.run(service, args=targets)
    told = outcomes(run["stdout"])
    assert (run["status"], list(told), refused_everywhere(told)) == ("ok", targets, {})
    assert run["time_ms"] < 4000  # refused at once, not timed out
    assert ear.heard() == 0


@pytest.mark.parametrize("program", CONNECT, ids=named)
def test_host_is_reached_outside(service: Service, ear: Ear, program: Program) -> None:
    """The control: the same program reaches the same ports when it is in the host's network."""
    targets = here(ear.port)
    done = program.run_outside(service.state, args=targets, network=True)
    assert outcomes(done.stdout) == dict.fromkeys(targets, "done"), done
    assert ear.heard() == len(targets)


METADATA = (
    "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://100.100.100.200/latest/meta-data/",
)


@pytest.mark.parametrize("program", FETCH, ids=named)
def test_cloud_metadata_is_not_there(service: Service, program: Program) -> None:
    run = program.run(service, args=METADATA)
    lines = run["stdout"].splitlines()
    assert [line.startswith(url + ": ") for line, url in zip(lines, METADATA, strict=True)] == [True] * 4
    assert [line for line in lines if ": done" in line] == []
    assert run["time_ms"] < 4000


@pytest.mark.parametrize("program", FETCH, ids=named)
def test_web_server_is_reached_outside(service: Service, program: Program) -> None:
    with web_server() as url:
        done = program.run_outside(service.state, args=[url], network=True)
    assert done.stdout == f"{url}: done 200\n", done


@pytest.mark.parametrize("program", variants("network/resolve"), ids=named)
def test_no_name_is_known(service: Service, program: Program) -> None:
    """But its own, which is the control."""
    names = ["example.com", "metadata.google.internal", socket.gethostname()]
    run = program.run(service, args=["localhost", *names])
    lines = run["stdout"].splitlines()
    assert lines[0] == "localhost: done"
    assert [name for name in names if not any(line.startswith(name + ": ") for line in lines)] == []
    assert [line for line in lines[1:] if line.endswith("done")] == []
    assert run["time_ms"] < 4000


def test_compiler_fetches_nothing(service: Service) -> None:
    """Nor tries for long; what it says is the client's to read."""
    answer = service.execute("go", Program("network/download.go").source)
    compiled = answer["compile"]
    assert (compiled["status"], answer["run"]["status"]) == ("nonzero_exit", "skipped")
    assert "github.com/google/uuid" in compiled["stderr"]
    assert compiled["time_ms"] < 8000


def test_every_other_way_leads_nowhere(service: Service, ear: Ear) -> None:
    told = outcomes(Program("network/ways.c").run(service, args=[str(ear.port)])["stdout"])
    assert len(told) == 13
    told.pop("any")  # is oneself, and may be sent to
    assert refused_everywhere(told) == {}
    assert ear.heard() == 0
    outside = outcomes(Program("network/ways.c").run_outside(service.state, args=[str(ear.port)], network=True).stdout)
    assert [outside[way] for way in ("any", "don't route", "mapped", "from loopback", "pktinfo")] == ["done"] * 5
    assert ear.heard() >= 5


def test_only_three_families_exist(service: Service) -> None:
    """Families 0 to 45, types 1 to 10, socket and socketpair, by hand."""
    told = outcomes(Program("network/families.c").run(service)["stdout"])
    assert len(told) == 46 * 10 * 2
    assert {what for what, outcome in told.items() if outcome == "done"} == {
        *(f"{call} 0x1/{kind}/0" for call in ("socket", "pair") for kind in ("0x1", "0x2", "0x5")),
        "pair 0x1/0x3/0",  # the kernel takes it for the second type
        *(f"socket {family}/{kind}/0" for family in ("0x2", "0xa") for kind in ("0x1", "0x2")),
    }
    others = {outcome for what, outcome in told.items() if not what.startswith("pair 0x1/") and outcome != "done"}
    assert others == {REFUSED}


SOCKETS = {
    "raw": "2/3/255", "raw icmp": "2/3/1", "ping": "2/2/1", "raw IPv6": "10/3/58", "ping IPv6": "10/2/58",
    "packet": "17/3/0x300", "packet cooked": "17/2/0x300", "netlink route": "16/3/0", "netlink audit": "16/3/9",
    "netlink netfilter": "16/3/12", "netlink uevent": "16/3/15", "netlink crypto": "16/3/21", "AF_ALG": "38/5/0",
    "vsock stream": "40/1/0", "vsock datagram": "40/2/0", "xdp": "44/3/0", "bluetooth": "31/3/1", "can": "29/3/1",
    "key": "15/3/2", "rds": "21/5/0", "tipc": "30/1/0", "qipcrtr": "42/2/0", "smc": "43/1/0", "kcm": "41/5/0",
    "mptcp": "2/1/262", "mptcp IPv6": "10/1/262", "smc over tcp": "2/1/256", "udplite": "2/2/136", "sctp": "2/5/132",
    "sctp stream": "2/1/132", "dccp": "2/6/33", "l2tp": "2/2/115", "unix raw": "1/3/0", "obsolete packet": "2/10/0x300",
    # What a filter that compares 64 bits would take for something else than the kernel, which drops them.
    "family with high bits": "0x100000011/3/0", "family with the highest bit": "0x8000000000000010/3/0",
    "type with high bits": "2/0x100000003/255", "type with flags": "17/0x80803/0", "type of unknown bits": "2/0x13/255",
    "protocol with high bits": "2/1/0x100000106", "protocol with the highest bit": "2/2/0x8000000000000088",
    "negative family": "-16/3/0",
}  # fmt: skip


@pytest.fixture(scope="module")
def by_hand(service: Service) -> dict[str, str]:
    """What becomes of all of SOCKETS, and of three that are allowed."""
    return outcomes(Program("network/families.c").run(service, args=[*SOCKETS.values(), *CONTROLS])["stdout"])


CONTROLS = ("0x100000001/1/0", "2/0x80001/6", "10/0x802/17")


def written(arguments: str) -> str:
    """As C prints them: 64 bits without a sign."""
    numbers = (f"{int(number, 0) % 2**64:#x}" for number in arguments.split("/"))
    return "socket " + "/".join("0" if number == "0x0" else number for number in numbers)


@pytest.mark.parametrize("name", SOCKETS)
def test_socket_is_refused(by_hand: dict[str, str], name: str) -> None:
    assert by_hand[written(SOCKETS[name])] == REFUSED
    assert [by_hand[written(allowed)] for allowed in CONTROLS] == ["done"] * 3


def test_sockets_by_hand_outside(service: Service) -> None:
    """Without modules that would have to be loaded: the host's kernel is the tests' too."""
    wanted = ["raw", "raw IPv6", "packet", "netlink route", "family with high bits", "type with high bits"]
    arguments = [SOCKETS[name] for name in wanted]
    done = Program("network/families.c").run_outside(service.state, args=arguments, as_root=True)
    assert list(outcomes(done.stdout).values()) == ["done"] * len(wanted)


@pytest.mark.parametrize("program", variants("network/raw"), ids=named)
def test_languages_make_no_packets(service: Service, program: Program) -> None:
    told = outcomes(program.run(service)["stdout"])
    assert len(told) == 5
    assert {what: outcome for what, outcome in told.items() if REFUSED.lower() not in outcome.lower()} == {}
    outside = outcomes(program.run_outside(service.state, as_root=True).stdout)
    assert outside == dict.fromkeys(told, "done")


@pytest.mark.parametrize(
    "name",
    [
        "io_uring",  # runtimes are told that there is none
        "old_calls",
    ],
)
def test_sockets_past_the_filter(service: Service, name: str) -> None:
    program = Program(f"network/{name}.c")
    told = outcomes(program.run(service)["stdout"])
    assert told == dict.fromkeys(told, "Function not implemented")
    outside = outcomes(program.run_outside(service.state, as_root=True).stdout)
    assert outside.keys() == told.keys()
    assert outside["socket"] == "done"


def test_network_out_of_nothing(service: Service) -> None:
    """Interfaces, addresses, routes, marks: what a program with a namespace of its own could do."""
    program = Program("network/privileges.c")
    told = outcomes(program.run(service)["stdout"])
    assert told.pop("tun") == "No such file or directory"
    assert told == dict.fromkeys(told, REFUSED)
    assert len(told) == 8
    outside = outcomes(program.run_outside(service.state, as_root=True).stdout)
    assert {what: outside[what] for what in told} == dict.fromkeys(told, "done")


def test_other_networks_are_not_entered(service: Service) -> None:
    program = Program("network/other_network.c")
    told = outcomes(program.run(service)["stdout"])
    assert told.pop("namespace of init") == "No such file or directory"
    assert told == dict.fromkeys(("setns", "setns by pidfd", "unshare", "clone"), REFUSED)
    assert set(outcomes(program.run_outside(service.state, as_root=True).stdout).values()) == {"done"}


@pytest.mark.parametrize("program", variants("network/interfaces"), ids=named)
def test_there_is_one_interface_and_it_is_down(service: Service, program: Program) -> None:
    lines = program.run(service)["stdout"].splitlines()
    assert lines[-1] == "end"
    assert set(lines[:-1]) <= {"interface lo down", "interface lo known"} | {x for x in lines if x.startswith("error")}
    outside = program.run_outside(service.state, network=True).stdout
    assert [address for address in own_addresses() if f"address {address}" in outside] != []


def test_proc_tells_nothing_of_the_hosts_network(service: Service, ear: Ear) -> None:
    wanted = [name for name in os.listdir("/sys/class/net") if name != "lo"]
    wanted += [
        f"{ear.port:04X} ",
        str(service.socket_path),
        *(a for a in own_addresses() if a not in ("127.0.0.1", "::1")),
    ]
    program = Program("network/proc_net.py")
    inside = program.run(service)["stdout"]
    assert inside.endswith("end\n")
    assert [word for word in wanted if word in inside] == []
    outside = program.run_outside(service.state, network=True, as_root=True).stdout
    assert [word for word in wanted if word in outside][:1] != []


def test_unix_sockets_of_the_host(service: Service, tmp_path: Path) -> None:
    """Neither abstract ones nor those with a path, the service's own among them."""
    name = f"attack-{uuid.uuid4().hex}"
    with socket.socket(socket.AF_UNIX) as abstract, socket.socket(socket.AF_UNIX) as path:
        abstract.bind("\0" + name)
        path.bind(str(tmp_path / "s"))
        for listener in (abstract, path):
            listener.listen()
            listener.setblocking(False)
        targets = [f"@{name}", str(tmp_path / "s"), str(service.socket_path), "/run/docker.sock", "/run/systemd/notify"]
        for program in variants("network/unix"):
            told = outcomes(program.run(service, args=targets)["stdout"])
            assert len(told) in (len(targets), 3 * len(targets))
            assert {what for what, outcome in told.items() if outcome == "done"} == set()
        for listener in (abstract, path):
            with pytest.raises(BlockingIOError):
                listener.accept()
        outside = Program("network/unix.py").run_outside(service.state, args=[f"@{name}"], network=True)
        assert outcomes(outside.stdout)[f"@{name} SOCK_STREAM"] == "done"


def test_listener_is_heard_by_nobody_else(service: Service) -> None:
    """Neither by the host nor by a jail beside it; that it reaches itself is the control."""
    with socket.create_server(("", 0)) as free:
        port = free.getsockname()[1]
    name = f"attack-{uuid.uuid4().hex}"
    paths = [f"@{name}", f"/tmp/{name}", f"/dev/shm/{name}", f"/proc/1/root/tmp/{name}"]
    with holding(service, Program("network/listen.py"), args=[str(port), name]) as held:
        for address in own_addresses():
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((address, port))
        with socket.socket(socket.AF_UNIX) as sock, pytest.raises(ConnectionRefusedError):
            sock.connect("\0" + name)
        reached = outcomes(Program("network/connect.py").run(service, args=here(port))["stdout"])
        assert refused_everywhere(reached) == {}
        for program in variants("network/unix"):
            reached = outcomes(program.run(service, args=paths)["stdout"])
            assert "done" not in reached.values()
    assert held.result()["stdout"] == "heard oneself 3\nheard others 0\n"


def test_two_listeners_do_not_meet(service: Service) -> None:
    """Both have the same ports and names, which are free for each, and hear only themselves."""
    arguments = ["4242", "name"]
    listen = Program("network/listen.py")
    with holding(service, listen, args=arguments) as first, holding(service, listen, args=arguments) as second:
        pass
    for run in (first.result(), second.result()):
        assert run["stdout"] == "heard oneself 3\nheard others 0\n"


def test_descriptors_are_passed_within_the_jail_alone(service: Service) -> None:
    told = outcomes(Program("network/descriptors.py").run(service)["stdout"])
    assert (told.pop("SCM_RIGHTS"), told.pop("peer")) == ("passed", "1000 1000")
    assert told.pop("SCM_CREDENTIALS oneself") == "done"
    credentials = {what: told.pop(what) for what in list(told) if what.startswith("SCM")}
    assert len(credentials) == 3
    assert "done" not in credentials.values()
    # Its standard streams are pipes: nothing can be handed to the service through them.
    assert len(told) == 6
    assert set(told.values()) == {"Socket operation on non-socket"}
