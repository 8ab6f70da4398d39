"""What is to be thought of an attack, by what became of it in a jail and outside. Pure."""

from dataclasses import dataclass
from enum import StrEnum

# What a kernel says that is built without the thing, or a host that has no such device.
_ABSENT = {
    "EAFNOSUPPORT", "ENODEV", "ENOENT", "ENOSYS", "ENXIO", "EPROTONOSUPPORT", "ESOCKTNOSUPPORT", "EOPNOTSUPP",
}  # fmt: skip


class Verdict(StrEnum):
    HELD = "held"
    BROKEN = "BROKEN"
    NOT_PROVED = "not proved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One thing that must not succeed."""

    group: str
    name: str  # of its outcome
    tried: str
    expected: str  # the only outcome in a jail that is right
    no_control: str = ""  # why it can't be done outside, where it can't


@dataclass(frozen=True, slots=True)
class Judged:
    attack: Attack
    verdict: Verdict
    detail: str


def judge(attack: Attack, inside: str | None, outside: str | None) -> Judged:
    """Judge by the outcomes in a jail and, the control, outside of any; None is an attempt that was not made.

    What is refused in a jail for another reason than the jail's is BROKEN too: it would be luck.
    """
    if inside is None:
        return Judged(attack, Verdict.NOT_PROVED, "could not be tried")
    if inside != attack.expected:
        return Judged(attack, Verdict.BROKEN, f"{inside}, and must be {attack.expected}")
    if attack.no_control:
        return Judged(attack, Verdict.HELD, f"{inside}; no control: {attack.no_control}")
    if outside is None:
        return Judged(attack, Verdict.NOT_PROVED, f"{inside}, but it could not be tried outside")
    if outside in _ABSENT:
        return Judged(attack, Verdict.HELD, f"{inside}; this host has none ({outside} outside)")
    if outside == inside:
        return Judged(attack, Verdict.NOT_PROVED, f"{inside}, but outside as well: the host refuses it even to root")
    return Judged(attack, Verdict.HELD, f"{inside}; outside: {outside}")


def exit_status(judged: list[Judged]) -> int:
    """0 when every attack held, 1 when one did not, 2 when it is not known of one."""
    verdicts = {each.verdict for each in judged}
    if Verdict.BROKEN in verdicts:
        return 1
    return 2 if Verdict.NOT_PROVED in verdicts or not judged else 0
