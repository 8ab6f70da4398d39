"""Whether this host is to be asked: what ``/readyz`` says in HTTP, and ``frontend/agent.py`` to HAProxy."""

from msgspec import Struct

from frontend.client import SupervisorClient
from frontend.conversation import lost
from frontend.describing import describe_pool
from frontend.errors import ApiError
from frontend.keys import KeyStore
from protocol.pool import Admission


class Readiness(Struct, frozen=True):
    """Why others are to be asked, a sentence each; none when this host is ready."""

    reasons: list[str]
    is_leaving: bool  # on purpose: it is drained, or stopped
    admission: Admission | None  # None when the supervisor does not say


async def readiness(client: SupervisorClient, keys: KeyStore) -> Readiness:
    """Look, and ask the supervisor."""
    reasons = [] if keys.is_readable() else ["the key file can't be read"]
    if client.is_stopping:
        reasons.append("the service is stopping")
    if not client.is_connected:  # nor does it wait for the next one: others are to be asked meanwhile
        return Readiness([*reasons, lost().message], client.is_stopping, None)
    try:
        described = await describe_pool(client)
    except ApiError as error:
        return Readiness([*reasons, error.message], client.is_stopping, None)
    is_leaving = client.is_stopping or described.is_draining
    return Readiness(reasons + described.problems, is_leaving, described.admission)
