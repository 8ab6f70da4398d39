"""An execution as server-sent events: ``POST /v1/execute`` with ``Accept: text/event-stream``."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing
from typing import Any

import msgspec
from quart import Response, request

from frontend.conversation import Conversation
from frontend.errors import ApiError
from frontend.executor import Executor
from frontend.keys import Key
from frontend.news import follow
from frontend.orders import answer
from frontend.schemas import ExecuteBody
from protocol.messages import Execute, Finished

EVENT_STREAM = "text/event-stream"
# Proxies end a connection that says nothing, the first of them after a minute.
_SILENCE_S = 15
_COMMENT = b":\n\n"


async def answer_with_events(executor: Executor, body: ExecuteBody, order: Execute, key: Key) -> Response:
    """The answer, once the first thing is told; ApiError when that is a refusal."""
    stack: AsyncExitStack = request.scope["exit_stack"]  # type: ignore[typeddict-item]  # of manners.py
    executor.count(key)
    watching = executor.watch(msgspec.structs.replace(order, is_watched=True), key)
    conversation = await stack.enter_async_context(watching)
    news = await stack.enter_async_context(aclosing(_events(conversation, body, order.execution_id)))
    first = await anext(news)

    async def stream() -> AsyncIterator[bytes]:
        yield first
        try:
            async for event in news:
                yield event
        except ApiError as error:
            yield _event("error", error.as_body())

    response = Response(stream(), content_type=EVENT_STREAM)
    response.timeout = None  # that of its stages is enough
    # Or nginx would keep it until there is much of it.
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def _events(conversation: Conversation, body: ExecuteBody, execution_id: str) -> AsyncGenerator[bytes, None]:
    async for news in follow(conversation, body.output_encoding or "utf8", patience_s=_SILENCE_S):
        if news is None:
            yield _COMMENT
        elif isinstance(news, Finished):
            yield _event("result", answer(news, body, execution_id))
        else:
            told = msgspec.to_builtins(news)
            yield _event(told.pop("type"), told)


def _event(name: str, body: Any) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(body))
