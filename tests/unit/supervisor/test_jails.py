"""What is heard of a jail's init that ends with orders of ours unread."""

import errno
import socket
from collections.abc import AsyncIterator
from typing import cast

import pytest
import trio

from jail import control
from jail.cgroups import Leaf
from jail.spec import WRITE_FILES, JailError
from supervisor.errors import JailLostError
from supervisor.jails import Jail

FAILED = {"event": "failed", "step": WRITE_FILES, "errno": errno.ENOSPC, "detail": ""}


@pytest.fixture(params=[False, True], ids=["all orders read", "one unread"])
async def ends(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Jail, socket.socket]]:
    """A jail, and init's end of its channel."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    jail = Jail("jail", 1, cast(Leaf, None), trio.socket.from_stdlib_socket(ours))
    if request.param:
        await jail.send({"order": "files"})
    with theirs:
        yield jail, theirs
    jail.close()


async def test_last_word_is_heard(ends: tuple[Jail, socket.socket]) -> None:
    jail, theirs = ends
    control.send(theirs, FAILED)
    theirs.close()
    with pytest.raises(JailError) as caught:
        await jail.receive()
    assert (caught.value.step, caught.value.errno) == (WRITE_FILES, errno.ENOSPC)
    assert await jail.receive() is None


async def test_last_word_is_heard_by_who_sends(ends: tuple[Jail, socket.socket]) -> None:
    jail, theirs = ends
    control.send(theirs, FAILED)
    theirs.close()
    with pytest.raises(JailError, match=WRITE_FILES):
        await jail.send({"order": "stage"})


async def test_end_without_a_word(ends: tuple[Jail, socket.socket]) -> None:
    jail, theirs = ends
    theirs.close()
    assert await jail.receive() is None
    with pytest.raises(JailLostError):
        await jail.send({"order": "stage"})
