"""Numbers and structures of the kernel's ABI, as its headers have them; no logic.

``tests/unit/jail/test_abi.py`` compares every one with the headers.
"""

import ctypes
import platform
from typing import Final

if platform.machine() != "x86_64":
    raise ImportError(f"the kernel ABI of {platform.machine()} is not written down here")

# <asm/unistd_64.h>
SYS_pivot_root: Final = 155
SYS_capset: Final = 126
SYS_keyctl: Final = 250
SYS_clone3: Final = 435

# <linux/sched.h>
CLONE_NEWNS: Final = 0x00020000
CLONE_PIDFD: Final = 0x00001000
CLONE_NEWCGROUP: Final = 0x02000000
CLONE_NEWUTS: Final = 0x04000000
CLONE_NEWIPC: Final = 0x08000000
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWPID: Final = 0x20000000
CLONE_NEWNET: Final = 0x40000000
CLONE_INTO_CGROUP: Final = 0x200000000

# <linux/mount.h>
MS_RDONLY: Final = 0x1
MS_NOSUID: Final = 0x2
MS_NODEV: Final = 0x4
MS_NOEXEC: Final = 0x8
MS_REMOUNT: Final = 0x20
MS_BIND: Final = 0x1000
MS_REC: Final = 0x4000
MS_PRIVATE: Final = 0x40000
MNT_DETACH: Final = 0x2

# <linux/prctl.h>
PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_SET_SECCOMP: Final = 22
PR_CAPBSET_DROP: Final = 24
PR_SET_SECUREBITS: Final = 28
PR_SET_NO_NEW_PRIVS: Final = 38
PR_CAP_AMBIENT: Final = 47
PR_CAP_AMBIENT_CLEAR_ALL: Final = 4

# <linux/securebits.h>: root is nobody special, for good
SECBIT_NOROOT: Final = 0x1
SECBIT_NOROOT_LOCKED: Final = 0x2
SECBIT_NO_SETUID_FIXUP: Final = 0x4
SECBIT_NO_SETUID_FIXUP_LOCKED: Final = 0x8
SECBIT_NO_CAP_AMBIENT_RAISE: Final = 0x40
SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED: Final = 0x80

# <linux/capability.h>
_LINUX_CAPABILITY_VERSION_3: Final = 0x20080522

# <linux/seccomp.h>
SECCOMP_MODE_FILTER: Final = 2

# <linux/keyctl.h>
KEYCTL_JOIN_SESSION_KEYRING: Final = 1


class clone_args(ctypes.Structure):
    """<linux/sched.h>, CLONE_ARGS_SIZE_VER2"""

    _fields_ = (
        ("flags", ctypes.c_uint64),
        ("pidfd", ctypes.c_uint64),
        ("child_tid", ctypes.c_uint64),
        ("parent_tid", ctypes.c_uint64),
        ("exit_signal", ctypes.c_uint64),
        ("stack", ctypes.c_uint64),
        ("stack_size", ctypes.c_uint64),
        ("tls", ctypes.c_uint64),
        ("set_tid", ctypes.c_uint64),
        ("set_tid_size", ctypes.c_uint64),
        ("cgroup", ctypes.c_uint64),
    )


class user_cap_header(ctypes.Structure):
    """struct __user_cap_header_struct of <linux/capability.h>"""

    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class user_cap_data(ctypes.Structure):
    """struct __user_cap_data_struct of <linux/capability.h>"""

    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


class sock_fprog(ctypes.Structure):
    """<linux/filter.h>: a compiled seccomp filter"""

    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_void_p))
