"""A real service for tests: both daemons, started as an operator would, with names of its own."""

import copy
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec

from cli.users import ensure_frontend_user
from frontend.keys import Key, Scope, make_key, write_keys

_READY_TIMEOUT_S = 120
_STOP_TIMEOUT_S = 30
_EXECUTE_TIMEOUT_S = 120
# For a service that is about something else: it takes a third of the time to get these warm.
FEW = ["bash", "c", "javascript", "python", "ruby"]
# The service speaks plain HTTP. Getting ready for TLS, certificates and all, takes longer than most executions.
get = partial(httpx.get, verify=False, trust_env=False)
post = partial(httpx.post, verify=False, trust_env=False)


@dataclass
class Service:
    """One running service and its ways in."""

    name: str
    state: Path
    port: int
    settings: dict[str, Any] = field(default_factory=dict)
    run_dir_bytes: int | None = None  # None: no file system of its own
    frontend_settings: dict[str, Any] = field(default_factory=dict)
    address: str = "127.0.0.1"
    namespace: str | None = None  # the file of a network namespace; None: the machine's own

    def __post_init__(self) -> None:
        self.run_dir = Path(f"/run/runjail-test-{self.name}-{os.getpid()}")
        self.cgroup_name = self.run_dir.name
        # Apart from the ids of any other service that may be running on this machine.
        self.first_host_id = 1_500_000_000 + self.port % 4096 * 65_536
        self.config = self.run_dir / "runjail.toml"
        self.key_file = self.run_dir / "keys.json"
        self.usage_file = self.run_dir / "usage" / "usage.sqlite"
        self.user: pwd.struct_passwd = ensure_frontend_user()
        self.keys: dict[str, str] = {}
        self._stored: tuple[Key, ...] = ()
        self.log = self.run_dir / "log"
        self.supervisor: subprocess.Popen[bytes] | None = None
        self.frontend: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextmanager
    def start(cls, name: str, state: Path, run_dir_bytes: int | None = None, **settings: Any) -> Iterator["Service"]:
        """One on an address of its own of this machine."""
        with cls(name, state, free_port(), settings, run_dir_bytes).running() as service:
            yield service

    @contextmanager
    def running(self) -> Iterator["Service"]:
        """Start both daemons and wait until they are ready; stop them and look for what they left."""
        self.run_dir.mkdir(mode=0o755, parents=True)
        self._mount_run_dir()
        try:
            self.write_config()
            self.usage_file.parent.mkdir(mode=0o700)
            os.chown(self.usage_file.parent, self.user.pw_uid, self.user.pw_gid)
            self.add_key("execute", Scope.EXECUTE)
            self.add_key("admin", Scope.ADMIN)
            self.start_supervisor()
            self.start_frontend()
            self.wait_ready()
            yield self
        finally:
            self.stop()
            if self.run_dir_bytes:
                subprocess.run(["umount", str(self.run_dir)], check=True)
            shutil.rmtree(self.run_dir)

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.port}"

    @property
    def socket_path(self) -> Path:
        return self.run_dir / "supervisor.sock"

    def add_key(self, name: str, *scopes: Scope, **fields: Any) -> str:
        secret, key = make_key(name, frozenset(scopes))
        key = msgspec.structs.replace(key, **fields)
        self._stored = (*self._stored, key)
        self.keys[name] = secret
        write_keys(self.key_file, self._stored, self.user.pw_gid)
        return secret

    def revoke_key(self, name: str) -> None:
        """Its secret stays known, for whoever wants to try it."""
        self._stored = tuple(key for key in self._stored if key.name != name)
        write_keys(self.key_file, self._stored, self.user.pw_gid)

    def copy_keys(self, other: "Service") -> None:
        """Have the same keys, as the hosts behind one balancer."""
        self.keys, self._stored = dict(other.keys), other._stored
        write_keys(self.key_file, self._stored, self.user.pw_gid)

    def start_supervisor(self) -> None:
        self.supervisor = self._spawn("supervisor")

    def start_frontend(self) -> None:
        # By a command that can enter a network as well, which subprocess can't.
        ids = ["--reuid", str(self.user.pw_uid), "--regid", str(self.user.pw_gid), "--clear-groups", "--"]
        self.frontend = self._spawn("frontend", "setpriv", *ids)

    @contextmanager
    def another_frontend(self, **settings: Any) -> Iterator["Service"]:
        """The same supervisor and keys behind a second address."""
        other = copy.copy(self)
        other.port = free_port()
        other.config = self.run_dir / f"frontend-{other.port}.toml"
        other.frontend_settings = settings
        other.write_config()
        other.start_frontend()
        assert other.frontend
        try:
            other.wait_ready()
            yield other
        finally:
            other.frontend.terminate()
            other.frontend.wait(_STOP_TIMEOUT_S)
            other.config.unlink()

    def stop(self) -> None:
        """Stop both as an operator would; each must end by itself, in time, with status 0."""
        for process in (self.frontend, self.supervisor):
            if process and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(_STOP_TIMEOUT_S)

    def wait_ready(self) -> None:
        """Poll, as a load balancer does: readiness is the service's only word on it."""
        deadline = time.monotonic() + _READY_TIMEOUT_S
        while time.monotonic() < deadline:
            if any(daemon and daemon.poll() is not None for daemon in (self.supervisor, self.frontend)):
                break
            try:
                if get(f"{self.url}/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"the service is not ready:\n{self.log.read_text()[-4000:]}")

    def wait_idle(self) -> None:
        """Until nothing runs or waits."""
        deadline = time.monotonic() + _STOP_TIMEOUT_S
        while self.pool()["admission"]["running"] or self.pool()["admission"]["queued"]:
            assert time.monotonic() < deadline, self.pool()["admission"]
            time.sleep(0.02)

    def client(self, key: str = "execute") -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.keys[key]}"}
        return httpx.AsyncClient(
            base_url=self.url, headers=headers, timeout=_EXECUTE_TIMEOUT_S, verify=False, trust_env=False
        )

    def execute(self, language: str, code: str | Mapping[str, str], **fields: Any) -> dict[str, Any]:
        """Execute and return the answer, which must be 200."""
        response = self.post(language, code, **fields)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def run(self, language: str, code: str | Mapping[str, str], **fields: Any) -> dict[str, Any]:
        """Execute and return the run stage."""
        stage: dict[str, Any] = self.execute(language, code, **fields)["run"]
        return stage

    def post(self, language: str, code: str | Mapping[str, str], **fields: Any) -> httpx.Response:
        sources = {"code": code} if isinstance(code, str) else {"files": files_body(code)}
        return self.post_json({"language": language, **sources, **fields})

    def post_json(self, body: object, key: str = "execute") -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.keys[key]}", "Content-Type": "application/json"}
        # Not httpx's own encoding: it refuses what a hostile client would send, NaN and lone surrogates.
        content = json.dumps(body).encode()
        return post(f"{self.url}/v1/execute", content=content, headers=headers, timeout=_EXECUTE_TIMEOUT_S)

    def pool(self) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.keys['admin']}"}
        description: dict[str, Any] = get(f"{self.url}/v1/admin/pool", headers=headers).json()
        return description

    def code_of(self, daemon: str) -> tuple[str, str]:
        """What Python is to run for it."""
        return "-m", daemon

    def _spawn(self, daemon: str, *by: str) -> subprocess.Popen[bytes]:
        where = ["nsenter", f"--net={self.namespace}", "--"] if self.namespace else []
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*where, *by, sys.executable, "-I", *self.code_of(daemon), "--config", str(self.config)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _mount_run_dir(self) -> None:
        if self.run_dir_bytes:
            options = f"mode=755,size={self.run_dir_bytes}"
            subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.run_dir)], check=True)

    def write_config(self) -> None:
        supervisor = {
            "state_dir": str(self.state),
            "run_dir": str(self.run_dir),
            "cgroup_name": self.cgroup_name,
            "first_host_id": self.first_host_id,
            "warm_jails": 1,
            "self_test": False,
            "drain_s": 0,
            **{name: value for name, value in self.settings.items() if value is not None},
        }
        frontend = {
            "bind": f"{self.address}:{self.port}",
            "socket": str(self.socket_path),
            "keys": str(self.key_file),
            "usage": str(self.usage_file),
            "piston": "local",
            "drain_s": 3,
            **self.frontend_settings,
        }
        tables = [("supervisor", supervisor), ("frontend", frontend)]
        self.config.write_text("\n".join(toml_table(name, settings) for name, settings in tables))


def toml_table(name: str, settings: Mapping[str, Any]) -> str:
    """Of strings, numbers and booleans, which TOML writes as JSON does."""
    return f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())


def files_body(files: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "content": content} for name, content in files.items()]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
