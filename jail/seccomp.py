"""From the policy to a BPF program, by libseccomp.

Compiled once, in the jailer; every init loads the same bytes. libseccomp 2.5
or newer is needed, for the order of its filters and the errno of foreign calls.
"""

import ctypes
import errno
import os
from collections.abc import Sequence

from jail.policy import ALLOWED, IGNORED, NOT_IMPLEMENTED, Rule

# <seccomp.h>
_SCMP_ACT_ALLOW = 0x7FFF_0000
_SCMP_ACT_ERRNO = 0x0005_0000
_SCMP_FLTATR_ACT_BADARCH = 2
_SCMP_FLTATR_CTL_OPTIMIZE = 8
_SCMP_CMP_MASKED_EQ = 7
_NR_SCMP_ERROR = -1

# Calls that Debian 12's libseccomp (2.5.4) can't name yet. <asm/unistd_64.h>
_NUMBERS = {
    "fchmodat2": 452, "map_shadow_stack": 453, "futex_wake": 454, "futex_wait": 455, "futex_requeue": 456,
    "statmount": 457, "listmount": 458, "mseal": 462,
}  # fmt: skip


class _Comparison(ctypes.Structure):
    """struct scmp_arg_cmp"""

    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("datum_a", ctypes.c_uint64),
        ("datum_b", ctypes.c_uint64),
    )


def compile_filter() -> bytes:
    """Return the policy as BPF instructions; raise OSError when anything of it can't be expressed."""
    library = _load_library()
    context = library.seccomp_init(_SCMP_ACT_ERRNO | errno.EPERM)
    if not context:
        raise OSError(errno.ENOMEM, "seccomp_init")
    try:
        _check(library.seccomp_attr_set(context, _SCMP_FLTATR_ACT_BADARCH, _SCMP_ACT_ERRNO | errno.ENOSYS))
        # A binary tree over the numbers: a call costs a few comparisons, not two hundred.
        _check(library.seccomp_attr_set(context, _SCMP_FLTATR_CTL_OPTIMIZE, 2))
        _add_rules(library, context, _SCMP_ACT_ALLOW, ALLOWED)
        _add_rules(library, context, _SCMP_ACT_ERRNO | errno.ENOSYS, NOT_IMPLEMENTED)
        _add_rules(library, context, _SCMP_ACT_ERRNO | 0, IGNORED)
        return _export(library, context)
    finally:
        library.seccomp_release(context)


def _add_rules(library: ctypes.CDLL, context: int, action: int, rules: Sequence[Rule]) -> None:
    for rule in rules:
        comparisons = (_Comparison * len(rule.when))(
            *(_Comparison(a.index, _SCMP_CMP_MASKED_EQ, a.mask, a.equals) for a in rule.when)
        )
        for name in rule.calls.split():
            number = library.seccomp_syscall_resolve_name(name.encode())
            if number == _NR_SCMP_ERROR:
                number = _NUMBERS[name]
            _check(library.seccomp_rule_add_array(context, action, number, len(rule.when), comparisons), name)


def _export(library: ctypes.CDLL, context: int) -> bytes:
    with open(os.memfd_create("filter"), "w+b", buffering=0) as file:
        _check(library.seccomp_export_bpf(context, file.fileno()))
        file.seek(0)
        return file.read()


def _load_library() -> ctypes.CDLL:
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_release.argtypes = (ctypes.c_void_p,)
    library.seccomp_attr_set.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32)
    library.seccomp_syscall_resolve_name.argtypes = (ctypes.c_char_p,)
    library.seccomp_rule_add_array.argtypes = (
        ctypes.c_void_p,
        ctypes.c_uint32,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_void_p,
    )
    library.seccomp_export_bpf.argtypes = (ctypes.c_void_p, ctypes.c_int)
    return library


def _check(result: int, what: str = "libseccomp") -> None:
    if result < 0:
        raise OSError(-result, f"{what}: {os.strerror(-result)}")
