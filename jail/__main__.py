"""The jailer, ``python -I -m jail FD LAYERS``: clones a jail for each spec that comes.

FD is its end of a SEQPACKET pair with the supervisor, LAYERS the folder of
layers; its working directory is an empty folder to put its own root on. It
ends when the supervisor does, and every jail ends with it.
"""

import contextlib
import gc
import os
import signal
import socket
import sys

from jail.abi import CLONE_INTO_CGROUP, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUTS
from jail.build import ANSWER, ASK_ID_MAPS, HostFacts
from jail.control import receive, send
from jail.credentials import last_capability, write_id_maps
from jail.init import run_init
from jail.rootfs import enter_root, existing_masks, plan_jailer_root
from jail.seccomp import compile_filter
from jail.spec import JailError, JailSpec, step
from jail.syscalls import clone_process, join_new_session_keyring, set_parent_death_signal, unshare

_NAMESPACES = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS


def prepare(layers: str) -> HostFacts:
    """Leave the host behind, and find out what all jails need to know."""
    with step("compile the seccomp filter"):
        seccomp_filter = compile_filter()
    with step("leave the session keyring"):
        join_new_session_keyring()
    with step("unshare the mount namespace"):
        unshare(CLONE_NEWNS)
    own_root = os.getcwd()
    for operation in plan_jailer_root(layers):
        with step(str(operation)):
            operation.execute()
    with step("pivot"):
        enter_root(own_root)
        facts = HostFacts(
            seccomp_filter=seccomp_filter,
            masked_proc=tuple(existing_masks()),
            last_capability=last_capability(),
        )
    # Ended inits need no wait: the supervisor watches their pidfds.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    return facts


def start_jail(spec: JailSpec, facts: HostFacts, fds: list[int]) -> int:
    """Clone an init and help it until it is whole; return its pidfd."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    into = CLONE_INTO_CGROUP if spec.cgroup_version == 2 else 0
    with ours, step("clone"):
        pid, pidfd = clone_process(_NAMESPACES | into, signal.SIGCHLD, fds[1] if into else 0)
        if pid == 0:
            run_init(spec, facts, socket.socket(fileno=fds[0]), fds[1:], theirs)
        theirs.close()
        # Init says on its control socket which step failed; if it can't, its end is seen there.
        with contextlib.suppress(OSError):
            _answer(ours, spec, pid)
        return pidfd


def _answer(init: socket.socket, spec: JailSpec, pid: int) -> None:
    while question := init.recv(1):
        if question == ASK_ID_MAPS:
            write_id_maps(pid, spec.host_id)
        init.send(ANSWER)


def serve(supervisor: socket.socket, facts: HostFacts) -> None:
    """Start one jail after another until the supervisor is gone."""
    while received := receive(supervisor):
        message, fds = received
        spec = JailSpec.from_message(message)
        try:
            pidfd = start_jail(spec, facts, fds)
        except JailError as error:
            send(supervisor, {"event": "failed", "name": spec.name, "step": error.step, "errno": error.errno})
        else:
            send(supervisor, {"event": "started", "name": spec.name}, [pidfd])
            os.close(pidfd)
        finally:
            for fd in fds:
                os.close(fd)


def main() -> None:
    """Serve the supervisor on the descriptor that the command line names."""
    channel, layers = sys.argv[1:]
    for ignored in (signal.SIGINT, signal.SIGTERM):  # meant for the supervisor, which decides when we end
        signal.signal(ignored, signal.SIG_IGN)
    set_parent_death_signal(signal.SIGKILL)
    with socket.socket(fileno=int(channel)) as supervisor:
        try:
            facts = prepare(layers)
        except JailError as error:
            send(
                supervisor,
                {
                    "event": "failed",
                    "name": "",
                    "step": error.step,
                    "errno": error.errno,
                    "detail": error.detail,
                },
            )
            sys.exit(f"jailer: {error}: {os.strerror(error.errno)}")
        gc.freeze()  # what is here stays as it is: no init's collections copy the pages it lies on
        send(supervisor, {"event": "ready"})
        serve(supervisor, facts)


if __name__ == "__main__":
    main()
