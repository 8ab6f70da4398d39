"""The bodies of all answers but an execution's (results.py)."""

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType

from frontend.figure_bodies import FiguresBody
from frontend.keys import Quota
from frontend.usage import DayUsage
from protocol.figures import FigureDescription
from protocol.pool import Admission, CacheDescription, Fault, PoolDescription, RuntimePool


class RuntimeBody(Struct, frozen=True):
    """An installed version of a language."""

    language: str
    version: str
    aliases: list[str]
    compiled: bool


class DayBody(Struct, frozen=True):
    """What a key has used on a day."""

    day: str
    executions: int
    refused: int
    cpu_seconds: float

    @classmethod
    def of(cls, day: str, used: DayUsage) -> "DayBody":
        return cls(day, used.executions, used.refused, round(used.cpu_ms / 1000, 3))


class UsageBody(Struct, frozen=True):
    """What a key may use, and has used."""

    key: str
    expires: datetime | None
    quota: Quota
    days: list[DayBody]


class PoolBody(Struct, frozen=True):
    """What the supervisor is doing."""

    problems: list[str]
    is_draining: bool
    pools: list[RuntimePool]
    admission: Admission
    compile_cache: CacheDescription
    faults: list[Fault]
    figures: FiguresBody

    @classmethod
    def of(cls, pool: PoolDescription, figures: FigureDescription) -> "PoolBody":
        counted = FiguresBody.of(figures)
        told = (pool.problems, pool.is_draining, pool.pools, pool.admission, pool.compile_cache, pool.faults)
        return cls(*told, counted)


class ErrorDetail(Struct, frozen=True):
    """What is wrong with a request."""

    code: str
    message: str
    path: list[str | int] | UnsetType = UNSET


class ErrorBody(Struct, frozen=True):
    """Every error has this form."""

    error: ErrorDetail


class HealthBody(Struct, frozen=True):
    """The frontend is alive."""

    status: str


class ReadinessBody(Struct, frozen=True):
    """Whether executions can be carried out."""

    status: str
    reasons: list[str]
