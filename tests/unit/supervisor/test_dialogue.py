"""What a program that is watched and its client are told of each other, and how far one may be ahead."""

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from protocol.frames import FrameError
from protocol.messages import (
    MAX_UNTAKEN_BYTES,
    Began,
    Execute,
    Input,
    News,
    Output,
    Resize,
    SendSignal,
    SourceFile,
    Taken,
    TerminalSize,
)
from runtimes.manifest import load_manifests
from runtimes.store import InstalledRuntime
from supervisor.dialogue import Dialogue
from supervisor.validation import Installed

PYTHON = Installed("python", load_manifests()["python"], InstalledRuntime(version="3.13.5", layers=("x",)))


def dialogue(**fields: object) -> tuple[Dialogue, list[News]]:
    told: list[News] = []

    async def tell(news: News) -> None:
        told.append(news)

    values = {"is_watched": True, "is_interactive": True} | fields
    request = Execute(
        id=7,
        execution_id="0" * 32,
        language="python",
        version="*",
        files=[SourceFile(b"")],
        **values,  # type: ignore[arg-type]  # by name
    )
    made = Dialogue(request, tell)
    made.enter("run", PYTHON)
    return made, told


async def test_a_stage_begins_once_and_ahead_of_its_output() -> None:
    made, told = dialogue()
    await made.tell_output("stdout", b"a")
    await made.begin()
    assert told == [Began(7, "run", "python", "3.13.5"), Output(7, "stdout", b"a")]


async def test_output_waits_until_what_was_told_is_taken() -> None:
    made, told = dialogue()
    assert await made.tell_output("stdout", b"x" * (MAX_UNTAKEN_BYTES + 5)) == MAX_UNTAKEN_BYTES
    async with trio.open_nursery() as nursery:
        nursery.start_soon(made.tell_output, "stdout", b"rest")
        await wait_all_tasks_blocked()
        assert len(told) == 2
        made.hear(Taken(7, 4))
    assert told[-1] == Output(7, "stdout", b"rest")


async def test_pieces_do_not_get_smaller_and_smaller() -> None:
    made, told = dialogue()
    await made.tell_output("stdout", b"x" * MAX_UNTAKEN_BYTES)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(made.tell_output, "stdout", b"y" * 100_000)
        for _ in range(4096):
            await wait_all_tasks_blocked()
            assert len(told) == 2
            made.hear(Taken(7, 1))
    assert told[-1] == Output(7, "stdout", b"y" * 4096)


async def test_cancelled_while_it_waits_nothing_was_told() -> None:
    made, told = dialogue()
    await made.tell_output("stdout", b"x" * MAX_UNTAKEN_BYTES)
    with trio.move_on_after(0):
        await made.tell_output("stdout", b"rest")
    made.hear(Taken(7, 4))
    assert await made.tell_output("stdout", b"rest") == 4
    assert told[-1] == Output(7, "stdout", b"rest")


async def test_input_is_taken_as_it_is_written() -> None:
    made, told = dialogue(stdin=b"with the request,")
    made.hear(Input(7, b" and more"))
    assert await made.next_input() == b"with the request, and more"
    made.hear(Input(7, b"!", is_last=True))
    await made.take_input()
    assert told == [Taken(7, len(b" and more"))]
    assert (await made.next_input(), await made.next_input()) == (b"!", b"")


@pytest.mark.parametrize(
    ("fields", "remarks"),
    [
        pytest.param({}, [Taken(7, 1)], id="output that was never told"),
        pytest.param({}, [Input(7, b"x" * MAX_UNTAKEN_BYTES), Input(7, b"x")], id="too much input"),
        pytest.param({}, [Input(7, is_last=True), Input(7)], id="input after its end"),
        pytest.param({}, [Resize(7, TerminalSize())], id="no terminal"),
        pytest.param({"is_interactive": False}, [Input(7, b"x")], id="not interactive"),
        pytest.param({"is_interactive": False}, [SendSignal(7, 2)], id="not interactive, a signal"),
    ],
)
def test_what_a_client_may_not_say(fields: dict[str, object], remarks: list[Input]) -> None:
    made, _ = dialogue(**fields)
    for remark in remarks[:-1]:
        made.hear(remark)
    with pytest.raises(FrameError):
        made.hear(remarks[-1])


async def test_signals_come_in_order_and_are_not_collected_for_ever() -> None:
    made, _ = dialogue()
    for number in range(1, 1000):
        made.hear(SendSignal(7, number % 60 + 1))
    assert [await made.next_signal() for _ in range(64)] == [number % 60 + 1 for number in range(1, 65)]
    with trio.move_on_after(0) as scope:
        await made.next_signal()
    assert scope.cancelled_caught


async def test_last_size_of_a_terminal_is_its_size() -> None:
    made, _ = dialogue(terminal=TerminalSize())
    for columns in (90, 100):
        made.hear(Resize(7, TerminalSize(24, columns)))
    assert await made.next_size(TerminalSize()) == TerminalSize(24, 100)
