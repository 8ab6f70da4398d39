"""One function per system call the standard library lacks; each raises OSError.

A thin layer on purpose: what the calls are for is said where they are used.
"""

import ctypes
import os
from typing import NoReturn

from jail.abi import (
    _LINUX_CAPABILITY_VERSION_3,
    CLONE_PIDFD,
    KEYCTL_JOIN_SESSION_KEYRING,
    PR_CAP_AMBIENT,
    PR_CAP_AMBIENT_CLEAR_ALL,
    PR_CAPBSET_DROP,
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    PR_SET_SECCOMP,
    PR_SET_SECUREBITS,
    SECCOMP_MODE_FILTER,
    SYS_capset,
    SYS_clone3,
    SYS_keyctl,
    SYS_pivot_root,
    clone_args,
    sock_fprog,
    user_cap_data,
    user_cap_header,
)

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mount.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p)
_libc.umount2.argtypes = (ctypes.c_char_p, ctypes.c_int)
_libc.unshare.argtypes = (ctypes.c_int,)
_libc.sethostname.argtypes = (ctypes.c_char_p, ctypes.c_size_t)
_libc.prctl.argtypes = (ctypes.c_int, *(ctypes.c_ulong,) * 4)
_libc.syscall.restype = ctypes.c_long
# The same call without giving up the GIL: between it and the fork hooks below
# nothing else may run.
_libc_with_gil = ctypes.PyDLL(None, use_errno=True)
_libc_with_gil.syscall.restype = ctypes.c_long


def mount(source: str, target: str, fstype: str, flags: int, options: str = "") -> None:
    """mount(2)"""
    if _libc.mount(source.encode(), os.fsencode(target), fstype.encode(), flags, options.encode()) < 0:
        _fail(target)


def umount2(target: str, flags: int) -> None:
    """umount2(2)"""
    if _libc.umount2(os.fsencode(target), flags) < 0:
        _fail(target)


def pivot_root(new_root: str, put_old: str) -> None:
    """pivot_root(2)"""
    if _libc.syscall(SYS_pivot_root, os.fsencode(new_root), os.fsencode(put_old)) < 0:
        _fail(new_root)


def unshare(flags: int) -> None:
    """unshare(2); os.unshare came with Python 3.12"""
    if _libc.unshare(flags) < 0:
        _fail()


def sethostname(name: str) -> None:
    """sethostname(2); the standard library only has the getter"""
    if _libc.sethostname(name.encode(), len(name.encode())) < 0:
        _fail()


def clone_process(flags: int, exit_signal: int, cgroup_fd: int = 0) -> tuple[int, int]:
    """clone3(2) as a fork: return (pid, pidfd), or (0, -1) in the child.

    Only for a process with a single thread. CPython's own fork hooks are run,
    so that the child is as sound as after os.fork().
    """
    pidfd = ctypes.c_int(-1)
    args = clone_args(
        flags=flags | CLONE_PIDFD, pidfd=ctypes.addressof(pidfd), exit_signal=exit_signal, cgroup=cgroup_fd
    )
    ctypes.pythonapi.PyOS_BeforeFork()
    pid: int = _libc_with_gil.syscall(SYS_clone3, ctypes.byref(args), ctypes.c_size_t(ctypes.sizeof(args)))
    errno = ctypes.get_errno()
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0, -1
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(errno, f"clone3: {os.strerror(errno)}")
    return pid, pidfd.value


def capset_none() -> None:
    """capset(2): give up every capability, in all sets that can be written at once."""
    header = user_cap_header(_LINUX_CAPABILITY_VERSION_3, 0)
    if _libc.syscall(SYS_capset, ctypes.byref(header), ctypes.byref((user_cap_data * 2)())) < 0:
        _fail()


def drop_bounding_capability(capability: int) -> None:
    """prctl(PR_CAPBSET_DROP)"""
    _prctl(PR_CAPBSET_DROP, capability)


def clear_ambient_capabilities() -> None:
    """prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)"""
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)


def set_securebits(bits: int) -> None:
    """prctl(PR_SET_SECUREBITS)"""
    _prctl(PR_SET_SECUREBITS, bits)


def set_parent_death_signal(signal: int) -> None:
    """prctl(PR_SET_PDEATHSIG); reset by any change of credentials, so it comes after them"""
    _prctl(PR_SET_PDEATHSIG, signal)


def set_undumpable() -> None:
    """prctl(PR_SET_DUMPABLE, 0): no other process of the same uid may look into this one."""
    _prctl(PR_SET_DUMPABLE, 0)


def set_no_new_privs() -> None:
    """prctl(PR_SET_NO_NEW_PRIVS)"""
    _prctl(PR_SET_NO_NEW_PRIVS, 1)


def load_seccomp_filter(program: bytes) -> None:
    """prctl(PR_SET_SECCOMP) with BPF instructions of 8 bytes each"""
    buffer = ctypes.create_string_buffer(program, len(program))
    fprog = sock_fprog(len(program) // 8, ctypes.addressof(buffer))
    _prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(fprog))


def join_new_session_keyring() -> None:
    """keyctl(KEYCTL_JOIN_SESSION_KEYRING): leave the keys of whoever started us behind."""
    if _libc.syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, None) < 0:
        _fail()


def _prctl(option: int, arg2: int = 0, arg3: int = 0) -> None:
    if _libc.prctl(option, arg2, arg3, 0, 0) < 0:
        _fail()


def _fail(path: str | None = None) -> NoReturn:
    errno = ctypes.get_errno()
    raise OSError(errno, os.strerror(errno), path)
