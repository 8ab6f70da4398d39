"""Many executions in a row over all languages; then everything they could have left is looked for.

See bench/README.md. Exits 1 when a byte was lost or anything is left.
"""

import argparse
import hashlib
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from jail.find_cgroups import find_cgroups
from runtimes.manifest import load_manifests, standard

# Each prints LINES lines that differ from one execution to the next, so that any lost or foreign byte shows.
LINES = 2000
# Up and down by themselves: the allocator's, and those whose last page of page cache is not reclaimed yet.
FLOATING = ("supervisor RssAnon kB", "memory cgroups of the kernel")
PROGRAMS = {
    "bash": 'for ((i = 0; i < {lines}; i++)); do echo "{tag} $i"; done',
    "python": "for i in range({lines}): print('{tag}', i)",
    "javascript": "for (let i = 0; i < {lines}; i++) console.log('{tag}', i);",
    "typescript": "for (let i: number = 0; i < {lines}; i++) console.log('{tag}', i);",
    "ruby": "{lines}.times {{ |i| puts \"{tag} #{{i}}\" }}",
    "c": '#include <stdio.h>\nint main(void) {{ for (int i = 0; i < {lines}; i++) printf("{tag} %d\\n", i); }}',
    "c++": '#include <iostream>\nint main() {{ for (int i = 0; i < {lines}; i++) std::cout << "{tag} " << i << "\\n"; }}',
    "go": 'package main\nimport "fmt"\nfunc main() {{ for i := 0; i < {lines}; i++ {{ fmt.Println("{tag}", i) }} }}',
    "rust": 'fn main() {{ for i in 0..{lines} {{ println!("{tag} {{}}", i); }} }}',
    "java": 'class Main {{ public static void main(String[] a) {{ for (int i = 0; i < {lines}; i++) System.out.println("{tag} " + i); }} }}',
    "csharp": 'for (var i = 0; i < {lines}; i++) Console.WriteLine($"{tag} {{i}}");',
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--key", default=os.environ.get("RUNJAIL_KEY"))
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=2)
    parser.add_argument("--supervisor-pid", type=int, required=True)
    parser.add_argument("--cgroup-name", default="runjail")
    options = parser.parse_args()
    assert PROGRAMS.keys() == {manifest.language for manifest in standard(load_manifests()).values()}
    with httpx.Client(base_url=options.url, headers={"Authorization": f"Bearer {options.key}"}, timeout=300) as client:
        for number in range(2 * len(PROGRAMS)):  # memory and descriptors reach their level
            execute(client, number)
        before = settle(options)
        started = time.monotonic()
        with ThreadPoolExecutor(options.clients) as pool:
            failures = [failure for failure in pool.map(lambda n: execute(client, n), range(options.count)) if failure]
        seconds = time.monotonic() - started
    after = settle(options)
    print(
        f"{options.count} executions in {seconds:.0f} s, {options.count / seconds:.1f} a second, {len(failures)} wrong"
    )
    for failure in failures[:10]:
        print(f"  {failure}")
    for name in before:
        print(f"{name}: {before[name]} before, {after[name]} after")
    leaked = [name for name in before if name not in FLOATING and after[name] > before[name]]
    sys.exit(1 if failures or leaked else 0)


def execute(client: httpx.Client, number: int) -> str | None:
    """Run one program; return what is wrong with the answer."""
    language = list(PROGRAMS)[number % len(PROGRAMS)]
    tag = hashlib.sha256(str((number, time.monotonic_ns())).encode()).hexdigest()[:16]
    code = PROGRAMS[language].format(tag=tag, lines=LINES)
    response = client.post("/v1/execute", json={"language": language, "code": code, "compile_timeout": 30_000})
    if response.status_code != 200:
        return f"{language}: HTTP {response.status_code} {response.text[:200]}"
    run = response.json()["run"]
    expected = "".join(f"{tag} {line}\n" for line in range(LINES))
    if (run["stdout"], run["stderr"], run["code"]) != (expected, "", 0):
        return f"{language}: {run['status']} {run['message']}, {len(run['stdout'])} of {len(expected)} bytes"
    return None


def settle(options: argparse.Namespace) -> dict[str, Any]:
    """Wait until the pool is at its level, as far as the number of its cgroups tells; then count."""
    counts: list[dict[str, Any]] = []
    while len(counts) < 5 or counts[-1] != counts[-5]:
        time.sleep(0.5)
        counts.append(count(options.supervisor_pid, options.cgroup_name))
        if len(counts) > 60:
            break
    memory = {
        "supervisor RssAnon kB": rss_anon_kb(options.supervisor_pid),
        "memory cgroups of the kernel": memory_cgroups(),
    }
    return counts[-1] | memory


def count(supervisor: int, cgroup_name: str) -> dict[str, Any]:
    (jailer,) = map(int, Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split())
    return {
        "supervisor descriptors": len(os.listdir(f"/proc/{supervisor}/fd")),
        "jailer descriptors": len(os.listdir(f"/proc/{jailer}/fd")),
        "jails' cgroups": len(find_cgroups(cgroup_name).leaves()),
        "processes of the supervisor's session": processes_of_session(os.getsid(supervisor)),
        "mounts of the host": len(Path("/proc/self/mountinfo").read_text().splitlines()),
    }


def processes_of_session(session: int) -> int:
    found = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            found += int(entry.read_text().rpartition(")")[2].split()[3]) == session
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def memory_cgroups() -> int:
    """Those of the dead that the kernel still keeps for their page cache included."""
    line = next(line for line in Path("/proc/cgroups").read_text().splitlines() if line.startswith("memory"))
    return int(line.split()[2])


def rss_anon_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:"))


if __name__ == "__main__":
    main()
