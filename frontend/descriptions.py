"""What the fields of the API mean, with an example each: for people, in /openapi.json and /docs."""

from typing import Any

# By schema and field: a sentence, and an example.
FIELDS: dict[str, dict[str, tuple[str, Any]]] = {
    "ExecuteBody": {
        "language": ("A language or one of its aliases, in any case: see `GET /v1/runtimes`.", "python"),
        "code": ("The source, as one file with its language's usual name. Either this or `files`.", "print(6 * 7)"),
        "files": ("The sources; the first one is the entry point.", [{"name": "main.py", "content": "print(6 * 7)"}]),
        "stdin": ("Given to the program byte for byte, then its end.", "1 2\n"),
        "stdin_encoding": ("How `stdin` is written, here and in cases; utf8 if it is not said.", "utf8"),
        "version": ("A selector as npm has them, or a version as listed; the newest one if it is not said.", "^3.11"),
        "args": ("The program's arguments.", ["--verbose"]),
        "env": ("Variables that are added to the program's environment, not to its compiler's.", {"MODE": "test"}),
        "run_timeout": ("Wall time of the run stage, in ms; 5000 if it is not said, 60000 at most.", 2000),
        "compile_timeout": ("Wall time of the compile stage, in ms; 10000 if it is not said, 60000 at most.", 10000),
        "run_cpu_time": ("CPU time of all the run stage's processes together, in ms.", 1000),
        "compile_cpu_time": ("CPU time of all the compile stage's processes together, in ms.", 10000),
        "run_memory_limit": ("Memory of all the run stage's processes and files together, in bytes.", 134217728),
        "compile_memory_limit": ("Memory of all the compile stage's processes and files, in bytes.", 536870912),
        "output_encoding": ("How outputs come back; utf8 if it is not said, with U+FFFD for what is none.", "utf8"),
        "outputs": ("Globs of files to bring back from the working directory.", ["*.png", "out/**"]),
        "cases": ("Instead of `stdin` and `args`: many runs of the program, which is compiled once.",
                  [{"stdin": "1", "expected_stdout": "2"}]),
        "stop_on_failure": ("With `cases`: begin no more once one has not passed.", True),
    },
    "FileBody": {
        "content": ("What is in the file.", "print(6 * 7)"),
        "name": ("Its name, which may have folders; only the first file needs none.", "lib/helper.py"),
        "encoding": ("How `content` is written; utf8 if it is not said.", "utf8"),
    },
    "CaseBody": {
        "stdin": ("This run's stdin.", "1"),
        "args": ("This run's arguments.", ["--fast"]),
        "expected_stdout": ("What it is to write, in the `output_encoding`.", "2"),
    },
    "ExecuteResponse": {
        "language": ("The language's own name.", "python"),
        "version": ("The exact version that was used.", "3.13.5"),
        "run": ("The run stage; with cases, the first that was run and did not pass, or the last.", None),
        "id": ("This execution's id, as in `X-Request-Id` and in the log.", "0f0e3c1d5a6b4c7d8e9f0a1b2c3d4e5f"),
        "compile": ("The compile stage, of languages that have one.", None),
        "cases": ("The cases, in the order of the request.", None),
        "cached": ("Of compiled languages: what was compiled for an earlier request of this key was used.", False),
        "files": ("With `outputs`: the files.", None),
        "files_skipped": ("With `outputs`: what matched, but is not brought back.", None),
    },
    "OutputFile": {
        "name": ("Its name, from the working directory.", "out/plot.png"),
        "size": ("Its bytes.", 1024),
        "content": ("What is in it.", "aGVsbG8="),
        "encoding": ("How `content` is written: utf8 if that was wanted, and it is.", "base64"),
    },
    "SkippedFile": {
        "name": ("Its name, or a glob.", "link"),
        "reason": ("Why it is not brought back.", "it is a symbolic link"),
    },
    "RuntimeBody": {
        "language": ("The language's own name.", "python"),
        "version": ("The exact version.", "3.13.5"),
        "aliases": ("Other names of the language.", ["py", "py3"]),
        "compiled": ("Whether it has a compile stage.", False),
    },
    "UsageBody": {
        "key": ("The key's name.", "alice"),
        "expires": ("From when on it is no key any more.", "2027-01-01T00:00:00Z"),
        "quota": ("What it may use.", None),
        "days": ("What it has used, of the last 90 days, today last.", None),
    },
    "Quota": {
        "requests_per_minute": ("Requests, all of which may come at once.", 60),
        "concurrency": ("Executions at once.", 4),
        "cpu_seconds_per_day": ("CPU time of its programs, in seconds a day of UTC.", 3600.0),
        "languages": ("Only these.", ["python"]),
        "compile": ("The most that may be asked for, for the compile stage.", None),
        "run": ("The most that may be asked for, for the run stage.", None),
    },
    "Ceilings": {
        "timeout": ("Wall time, in ms.", 2000.0),
        "cpu_time": ("CPU time, in ms.", 1000.0),
        "memory_limit": ("Memory, in bytes.", 134217728),
    },
    "DayBody": {
        "day": ("The day, of UTC.", "2026-11-28"),
        "executions": ("What was carried out.", 12),
        "refused": ("What was refused for the key's quota.", 0),
        "cpu_seconds": ("CPU time of its programs.", 1.5),
    },
    "PoolBody": {
        "problems": ("Why the service is not ready, a sentence each.", []),
        "is_draining": ("Whether others are to be asked (`runjail drain`), which is one of the problems.", False),
        "pools": ("The jails that wait, by runtime and by how far they are prepared.", None),
        "admission": ("How much is going on, and how much may.", None),
        "compile_cache": ("The programs that are kept compiled.", None),
        "faults": ("The last things that went wrong with jails, newest first.", None),
    },
    "RuntimePool": {
        "runtime": ("The runtime's name in the service's own files.", "python"),
        "language": ("The language's own name.", "python"),
        "version": ("The exact version.", "3.13.5"),
        "mode": ("`ready`, or `started`: with a program that waits.", "started"),
        "stage": ("Whose program waits, `compile` or `run`.", "run"),
        "warm": ("Jails that wait.", 1),
        "starting": ("Jails that are being built.", 0),
        "busy": ("Jails that are in use.", 0),
        "resident": ("Compilers that stay for the next request of their key.", 0),
        "target": ("How many are to wait.", 1),
        "hits": ("Requests that found one.", 120),
        "misses": ("Requests that found none.", 3),
        "acquire_ms_p50": ("The median of how long a request waited for one.", 0.02),
        "acquire_ms_p99": ("What one in a hundred waited longer than.", 6.1),
        "build_ms_p50": ("The median of how long one takes to be built.", 22.5),
        "jail_bytes": ("The memory that one takes while it waits, at the most so far.", 8200000),
    },
    "Admission": {
        "running": ("Executions that have a place.", 1),
        "max_running": ("Places.", 8),
        "queued": ("Executions that wait for one.", 0),
        "max_queued": ("How many may wait.", 256),
        "max_wait_ms": ("For how long.", 30000),
        "refused": ("Executions that were refused, since the service started.", 0),
        "finished": ("Executions that were carried out.", 1234),
    },
    "CacheDescription": {
        "entries": ("Programs.", 12),
        "bytes": ("What they take.", 480000),
        "max_bytes": ("What they may take; 0: none are kept.", 268435456),
        "hits": ("Requests that found theirs.", 40),
        "misses": ("Requests that did not.", 12),
    },
    "Fault": {
        "at": ("When, in ISO 8601, UTC.", "2026-11-27T21:00:00.000+00:00"),
        "message": ("What it was.", "1 jails died while they were waiting: ruby-12-3fa1c2"),
    },
    "ErrorBody": {"error": ("What is wrong.", None)},
    "ErrorDetail": {
        "code": ("One of the codes that are listed with each status.", "invalid_request"),
        "message": ("A sentence for people.", "files[0].name leaves the working directory"),
        "path": ("The field that it is about, if it is about one.", ["files", 0, "name"]),
    },
    "HealthBody": {"status": ("`ok`: the frontend is alive.", "ok")},
    "ReadinessBody": {
        "status": ("`ok`, or `unavailable`.", "ok"),
        "reasons": ("Why it is not ready, a sentence each.", []),
    },
}  # fmt: skip

_STAGE: dict[str, tuple[str, Any]] = {
    "stdout": ("What it wrote, at most 1 MiB.", "42\n"),
    "stderr": ("What it wrote there, at most 1 MiB.", ""),
    "code": ("Its exit code; null when a signal ended it, or it was not run.", 0),
    "signal": ("The signal that ended it.", None),
    "time_ms": ("Wall time of the program alone.", 12.5),
    "memory_kb": ("The peak of all its processes and files together.", 7340),
    "status": ("How it ended: `ok`, `nonzero_exit`, `signaled`, `skipped`, `timeout`, `cpu_timeout`, `out_of_memory`, "
               "`output_limit`, `process_limit`, `file_size_limit`, `disk_limit` or `inode_limit`.", "ok"),
    "message": ("A sentence where `status` is not `ok`.", None),
    "cpu_ms": ("CPU time of all its processes.", 11.2),
    "stdout_truncated": ("It wrote more than is returned.", False),
    "stderr_truncated": ("It wrote more there than is returned.", False),
    "stdout_replaced": ("Bytes that are not UTF-8 became U+FFFD.", False),
    "stderr_replaced": ("Bytes that are not UTF-8 became U+FFFD.", False),
}  # fmt: skip
FIELDS["StageBody"] = _STAGE
FIELDS["CaseResultBody"] = _STAGE | {
    "verdict": ("`passed`, `wrong_answer`, `failed` or `skipped`.", "passed"),
}

# By status: which errors come with it.
ERRORS = {
    400: "`invalid_request`, `unknown_language`, `unknown_version`: the message says what, the path where",
    401: "`unauthorized`: no key, or none that is known, or one that has expired",
    403: "`forbidden`: the key lacks the scope, or is for other languages",
    404: "`not_found`",
    405: "`method_not_allowed`",
    408: "`request_timeout`: the body did not come",
    413: "`too_large`: the body, a file, their number, or what they are together",
    415: "`unsupported_media_type`: the body is not application/json",
    429: "`rate_limited`, `concurrency_limited`: the key's quota; try again, as `Retry-After` says",
    500: "`internal`: our fault; the log has more under the id",
    503: "`busy`, `unavailable`: try again, as `Retry-After` says",
}
