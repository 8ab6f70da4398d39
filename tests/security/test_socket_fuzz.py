"""The supervisor's socket under fuzz: no crash, no memory without bound, nothing that others notice."""

import array
import os
import socket
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocol.frames import MAX_FRAME_BYTES
from protocol.messages import MAX_STAGE_MS, ListRuntimes
from tests.host import open_fds, rss_kb
from tests.security.peer import connection, execute, frame, is_closed, read_frame, read_to_the_end
from tests.service import Service, get

pytestmark = pytest.mark.service

# The same examples in every run: a failure here is a finding, not luck.
fuzz = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
FIELDS = ["type", *execute()]
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=300)
    | st.binary(max_size=300),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=20), inner, max_size=5),
    max_leaves=20,
)
limits = st.fixed_dictionaries(
    {},
    optional={
        "wall_time_ms": st.floats(0.001, MAX_STAGE_MS),
        "cpu_time_ms": st.floats(0.001, MAX_STAGE_MS),
        "memory_bytes": st.integers(1, 2**50),
    },
)
names = st.text(max_size=40) | st.sampled_from(
    ["/etc/passwd", "../x", "a/../../b", "\0", ".", "", "a/b", "main.sh", "-o", "@x"]
)
hostile_requests = st.fixed_dictionaries(
    {"id": st.integers(0, 2**53)},
    optional={
        "language": st.text(max_size=20) | st.sampled_from(["bash", "c", "__class__", "../bash", "bash\0"]),
        "version": st.text(max_size=30) | st.sampled_from(["*", "5", "^5 || >1", "x" * 256, "9" * 200]),
        "files": st.lists(
            st.fixed_dictionaries({"content": st.binary(max_size=200), "name": names}), min_size=1, max_size=5
        ),
        "stdin": st.binary(max_size=2000),
        "args": st.lists(st.text(max_size=50), max_size=10),
        "environment": st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=10),
        "run": limits,
        "compile": limits,
        "outputs": st.lists(names, max_size=5),
    },
)


@pytest.fixture
def bystander(service: Service) -> Any:
    """Another connection, open before the fuzz, that must still be answered after it by the same supervisor."""
    assert service.supervisor
    with connection(service) as sock:
        yield
        assert service.supervisor.poll() is None
        sock.sendall(frame(ListRuntimes(id=7)))
        answer = read_frame(sock)
        assert (answer["type"], answer["id"]) == ("runtime_list", 7)


def say(service: Service, data: bytes) -> bytes:
    """Say this and nothing more; what the supervisor answers until it hangs up, which it has to."""
    with connection(service) as sock:
        try:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it hung up at the first breach
        return read_to_the_end(sock)


@fuzz
@given(st.binary(max_size=5000))
def test_garbage(service: Service, bystander: None, data: bytes) -> None:
    say(service, data)


@fuzz
@given(st.lists(st.binary(max_size=400), max_size=8))
def test_frames_of_garbage(service: Service, bystander: None, payloads: list[bytes]) -> None:
    """The first one is a breach already, for no byte of it is a message."""
    answer = say(service, b"".join(len(payload).to_bytes(4, "big") + payload for payload in payloads))
    assert answer == b""


@fuzz
@given(st.data())
def test_mutated_requests(service: Service, bystander: None, data: st.DataObject) -> None:
    """A true request with some bytes changed, cut out, or doubled."""
    request = bytearray(frame(execute()))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(request) - 1))
        end = data.draw(st.integers(at, min(len(request), at + 8)))
        request[at:end] = data.draw(st.binary(max_size=8))
        if not request:
            break
    say(service, bytes(request))


@fuzz
@given(
    st.dictionaries(st.sampled_from(FIELDS), values, max_size=8),
    st.sampled_from(
        ["execute", "cancel", "list_runtimes", "describe_pool", "describe_figures", "finished", "refused", ""]
    ),
)
def test_messages_of_wrong_types(service: Service, bystander: None, fields: dict[str, object], tag: str) -> None:
    say(service, frame({**fields, "type": tag}))


@fuzz
@given(hostile_requests)
def test_requests_that_are_hostile_but_valid(service: Service, bystander: None, fields: dict[str, object]) -> None:
    """What the protocol admits is answered: with a result, or a refusal that names the field."""
    short = {"run": {"wall_time_ms": 500.0}, "files": [{"content": b"exit 3"}]}
    with connection(service) as sock:
        sock.sendall(frame({**execute(), **short, **fields}))
        answer = read_frame(sock)
    assert answer["id"] == fields["id"]
    if answer["type"] == "refused":
        assert answer["code"] in ("invalid_request", "unknown_language", "unknown_version", "too_large"), answer
    else:
        assert answer["type"] == "finished"


def test_frame_sent_byte_by_byte(service: Service, bystander: None) -> None:
    with connection(service) as sock:
        for byte in frame(ListRuntimes(id=3)):
            sock.sendall(bytes([byte]))
        assert read_frame(sock)["type"] == "runtime_list"


@pytest.mark.parametrize("length", [MAX_FRAME_BYTES + 1, 2**31, 2**32 - 1])
def test_oversized_frames_are_not_waited_for(service: Service, bystander: None, length: int) -> None:
    with connection(service) as sock:
        sock.sendall(length.to_bytes(4, "big") + b"x" * 100)
        assert is_closed(sock)


def test_frames_that_end_early(service: Service, bystander: None) -> None:
    whole = frame(execute())
    for length in range(len(whole)):
        assert say(service, whole[:length]) == b""


def test_descriptors_that_are_passed_along_are_not_kept(service: Service, bystander: None) -> None:
    assert service.supervisor
    before = open_fds(service.supervisor.pid)
    with connection(service) as sock:
        for number in range(100):
            fds = [os.open("/etc/passwd", os.O_RDONLY) for _ in range(200)]
            ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]
            sock.sendmsg([frame(ListRuntimes(id=number))], ancillary)
            for fd in fds:
                os.close(fd)
            assert read_frame(sock)["id"] == number
        assert open_fds(service.supervisor.pid) <= before + 1


@pytest.mark.parametrize(
    "make",
    [
        lambda number: execute(number),
        lambda number: {"type": "list_runtimes", "id": number},
        lambda number: {"type": "describe_pool", "id": number},
    ],
    ids=["executions", "small", "larger answers"],
)
def test_a_million_requests(own_service: Service, make: Callable[[int], dict[str, object]]) -> None:
    """Unread answers and waiting requests stop the reading: the peer is held up, not the memory filled."""
    assert own_service.supervisor
    before = rss_kb(own_service.supervisor.pid)
    sent = 0
    with connection(own_service) as sock:
        sock.settimeout(2)
        try:
            while sent < 1_000_000:
                sock.sendall(b"".join(frame(make(number)) for number in range(sent, sent + 500)))
                sent += 500
        except (TimeoutError, BrokenPipeError, ConnectionResetError):
            pass
        # Its executions may fill the queue that all share; then others are told so, at once.
        response = own_service.post("bash", "echo served")
        assert response.status_code == 200 or response.json()["error"]["code"] == "busy"
        assert get(f"{own_service.url}/readyz").status_code == 200
        assert rss_kb(own_service.supervisor.pid) - before < 64 * 1024
    assert sent < 1_000_000
    own_service.wait_idle()
    assert own_service.run("bash", "echo served")["stdout"] == "served\n"


def test_requests_cancelled_as_soon_as_they_are_made(service: Service, bystander: None) -> None:
    with connection(service) as sock:
        for number in range(300):
            sock.sendall(frame(execute(number)) + frame({"type": "cancel", "id": number}))
        sock.sendall(frame({"type": "cancel", "id": 2**53}) + frame(ListRuntimes(id=400)))
        answer = read_frame(sock)
        while answer["id"] != 400:
            answer = read_frame(sock)
