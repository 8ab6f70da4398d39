"""The hand-typed numbers against the kernel's own headers, by the C compiler."""

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from jail import abi, policy

_HEADERS = """
#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/mount.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <linux/sockios.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <sys/syscall.h>
#ifndef MNT_DETACH
#define MNT_DETACH 2 /* only in <sys/mount.h>, which clashes with <linux/mount.h> */
#endif
"""
# The names of C's tags, where Python's differ.
_STRUCTS = {
    "clone_args": "struct clone_args",
    "user_cap_header": "struct __user_cap_header_struct",
    "user_cap_data": "struct __user_cap_data_struct",
    "sock_fprog": "struct sock_fprog",
}


def constants() -> dict[str, int]:
    numbers = {name: value for name, value in vars(abi).items() if isinstance(value, int)}
    numbers |= {name: number for number, name in policy._PRCTL_OPTIONS.items()}
    return numbers | {name: number for number, name in policy._IOCTLS.items()}


def compile_and_run(folder: Path, body: str) -> list[str]:
    if not shutil.which("cc"):
        if os.environ.get("REQUIRE_PRIVILEGED"):
            pytest.fail("no C compiler")
        pytest.skip("no C compiler")
    source = folder / "abi.c"
    source.write_text(f"{_HEADERS}int main(void) {{\n{body}\n}}\n")
    subprocess.run(["cc", "-w", "-o", str(folder / "abi"), str(source)], check=True)
    return subprocess.run([str(folder / "abi")], check=True, capture_output=True, text=True).stdout.split()


def test_constants(tmp_path: Path) -> None:
    expected = constants()
    body = "\n".join(f'printf("%llu\\n", (unsigned long long){name});' for name in expected)
    assert dict(zip(expected, map(int, compile_and_run(tmp_path, body)), strict=True)) == expected


@pytest.mark.parametrize("name", _STRUCTS)
def test_structures(tmp_path: Path, name: str) -> None:
    structure: type[ctypes.Structure] = getattr(abi, name)
    tag = _STRUCTS[name]
    fields = [field[0] for field in structure._fields_]
    body = f'printf("%zu\\n", sizeof({tag}));\n'
    body += "\n".join(f'printf("%zu\\n", offsetof({tag}, {field}));' for field in fields)
    size, *offsets = map(int, compile_and_run(tmp_path, body))
    assert size == ctypes.sizeof(structure)
    assert offsets == [getattr(structure, field).offset for field in fields]
