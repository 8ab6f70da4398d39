"""A WebSocket and the execution behind it: what the client says goes to the program, what that writes to the client."""

from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from functools import partial

import msgspec
import trio
from quart import websocket

from frontend.conversation import Conversation
from frontend.errors import ApiError
from frontend.executor import Executor
from frontend.keys import Key
from frontend.news import News, follow
from frontend.outputs import Encoding
from protocol.messages import ErrorCode, Execute, Finished, Input, Remark, Resize

_MAX_INBOX_BYTES = 1024 * 1024
_MESSAGE_BYTES = 256  # that one takes beside its own

Hear = Callable[[], Awaitable[Remark]]  # what the client says next; its id is of no matter
Tell = Callable[[News | Finished], Awaitable[None]]


async def interact(
    executor: Executor, key: Key | None, order: Execute, hear: Hear, tell: Tell, encoding: Encoding = "utf8"
) -> None:
    """Until the execution is over. Raise what ``hear`` and ``tell`` raise, and ApiError when it fails."""
    executor.count(key)
    async with executor.watch(order, key) as conversation:
        await _interact(conversation, order, hear, tell, encoding)


async def _interact(conversation: Conversation, order: Execute, hear: Hear, tell: Tell, encoding: Encoding) -> None:
    failure: list[Exception] = []  # raised from a task, it would come in a group
    inbox = _Inbox(conversation)

    async def guarded(work: Callable[[], Awaitable[None]], scope: trio.CancelScope) -> None:
        try:
            await work()
        except Exception as error:
            failure.append(error)
            scope.cancel()

    async def listen() -> None:
        while True:
            remark = await hear()
            _check(order, remark)
            if isinstance(remark, Input):
                await inbox.put(remark)
            elif not conversation.is_over:
                await conversation.say(partial(_with_id, remark))

    async def inform() -> None:
        async with aclosing(follow(conversation, encoding)) as all_news:
            async for news in all_news:
                assert news is not None  # without an end to patience there is always something
                await tell(news)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(guarded, listen, nursery.cancel_scope)
        nursery.start_soon(guarded, inbox.empty, nursery.cancel_scope)
        await guarded(inform, nursery.cancel_scope)
        nursery.cancel_scope.cancel()
    if failure:
        raise failure[0]


class _Inbox:
    """Input on its way to the program: what comes after it, such as a signal, does not wait until it is read.

    With too much of it, the client is not listened to until there is less.
    """

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._inputs: deque[Input] = deque()
        self._bytes = 0
        self._changes = trio.lowlevel.ParkingLot()  # where a change is waited for

    async def put(self, given: Input) -> None:
        if not given.data and not given.is_last:
            return
        while self._bytes > _MAX_INBOX_BYTES:
            await self._changes.park()
        self._inputs.append(given)
        self._bytes += len(given.data) + _MESSAGE_BYTES
        self._changes.unpark_all()

    async def empty(self) -> None:
        """Pass it on, as the program takes it."""
        while True:
            while not self._inputs:
                await self._changes.park()
            given = self._inputs.popleft()
            await self._conversation.give_input(given.data, is_last=given.is_last)
            self._bytes -= len(given.data) + _MESSAGE_BYTES
            self._changes.unpark_all()


def _check(order: Execute, remark: Remark) -> None:
    """The supervisor would end the connection, on which there are others, for what can't be said."""
    if not order.is_interactive:
        raise ApiError(ErrorCode.INVALID_REQUEST, "the execution is not interactive: it can't be said anything")
    if isinstance(remark, Resize) and not order.terminal:
        raise ApiError(ErrorCode.INVALID_REQUEST, "the program has no terminal")


def _with_id(remark: Remark, id_: int) -> Remark:
    return msgspec.structs.replace(remark, id=id_)


async def receive() -> str | bytes:
    """The next message of the WebSocket that is open; Quart has None for one without any bytes."""
    return await websocket.receive() or b""
