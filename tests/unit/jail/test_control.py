"""Messages with descriptors over a real socket pair."""

import os
import socket
from collections.abc import Iterator

import pytest

from jail import control
from jail.spec import JailSpec, StageCommand


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        yield ours, theirs


def test_descriptors_arrive_closed_on_exec(pair: tuple[socket.socket, socket.socket]) -> None:
    read_end, write_end = os.pipe()
    control.send(pair[0], {"order": "x"}, [write_end])
    received = control.receive(pair[1])
    assert received is not None
    message, (fd,) = received
    assert message == {"order": "x"}
    assert not os.get_inheritable(fd)
    for opened in (read_end, write_end, fd):
        os.close(opened)


def test_end_of_the_other_side_is_none(pair: tuple[socket.socket, socket.socket]) -> None:
    pair[0].close()
    assert control.receive(pair[1]) is None


def test_cut_off_message_is_refused_and_its_descriptors_closed(pair: tuple[socket.socket, socket.socket]) -> None:
    read_end, write_end = os.pipe()
    pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * control.MAX_MESSAGE_BYTES)
    pair[0].sendmsg([b" " * (control.MAX_MESSAGE_BYTES + 1)], control.ancillary([write_end]))
    os.close(write_end)
    with pytest.raises(ValueError, match="cut off"):
        control.receive(pair[1])
    assert os.read(read_end, 1) == b""  # no copy of the other end is left open
    os.close(read_end)


def test_largest_command_fits_one_message(pair: tuple[socket.socket, socket.socket]) -> None:
    command = StageCommand(
        argv=("python3", "\x01" * 32 * 1024),
        environment={},
        search_path="/bin",
    )
    pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * control.MAX_MESSAGE_BYTES)
    control.send(pair[0], {"order": "stage", "command": command.as_message()})
    received = control.receive(pair[1])
    assert received is not None
    assert StageCommand.from_message(received[0]["command"]) == command


def test_spec_survives_the_way() -> None:
    numbers = {"disk_bytes": 1, "disk_inodes": 2, "open_files": 3, "file_size_bytes": 4, "stack_bytes": 5}
    spec = JailSpec(name="a", host_id=1, layers=("b", "c"), cgroup_version=2, **numbers)
    assert JailSpec.from_message(control.decode(control.encode(spec.as_message()))) == spec
