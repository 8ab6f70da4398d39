"""``/metrics``: figures move by what was executed, and come even when there is no supervisor."""

import signal

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from frontend.keys import Scope
from tests.running import eventually
from tests.service import Service, get

pytestmark = pytest.mark.service

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scrape(service: Service, key: str = "admin") -> httpx.Response:
    return get(f"{service.url}/metrics", headers={"Authorization": f"Bearer {service.keys[key]}"})


def samples(service: Service) -> Samples:
    families = text_string_to_metric_families(scrape(service).text)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def value(samples: Samples, name: str, /, **labels: str) -> float:
    return samples.get((f"runjail_{name}", frozenset(labels.items())), 0)


def moved(before: Samples, after: Samples, *names: str) -> dict[tuple[str, ...], float]:
    """By how much the counters of these names did, by name and the values of their labels, sorted by theirs."""
    return {
        (name, *(value for _, value in sorted(labels))): number - before.get((name, labels), 0)
        for (name, labels), number in after.items()
        if name in names and number != before.get((name, labels), 0)
    }


EXECUTIONS = ("runjail_executions_total", "runjail_phase_duration_seconds_count", "runjail_refusals_total",
              "runjail_oom_kills_total", "runjail_cancelled_executions_total")  # fmt: skip


def test_figures_move_by_what_was_executed(service: Service) -> None:
    before = samples(service)
    service.execute("python", "print(1)")
    service.execute("python", "exit(3)")
    service.execute("c", "nonsense")
    service.execute("bash", "x=x; while :; do x=$x$x; done", run_memory_limit=32 << 20)
    service.post("cobol", "x")
    after = samples(service)
    name, phases, refusals, oom, _ = EXECUTIONS
    once: list[tuple[str, ...]] = [
        (phases, phase, runtime) for phase in ("queue", "acquire", "total") for runtime in ("c", "bash")
    ]
    expected: dict[tuple[str, ...], float] = {
        (name, "python", "run", "ok"): 1,
        (name, "python", "run", "nonzero_exit"): 1,
        (name, "c", "compile", "nonzero_exit"): 1,
        (name, "bash", "run", "out_of_memory"): 1,
        **{(phases, phase, "python"): 2 for phase in ("queue", "acquire", "run", "total")},
        **dict.fromkeys(once, 1),
        (phases, "compile", "c"): 1,
        (phases, "run", "bash"): 1,
        (refusals, "unknown_language"): 1,
        (oom, "bash"): 1,
    }
    assert moved(before, after, *EXECUTIONS) == expected
    answers = moved(before, after, "runjail_http_responses_total")
    executed = {key[1:]: count for key, count in answers.items() if key[2] == "/v1/execute"}
    assert executed == {("POST", "/v1/execute", "200"): 4, ("POST", "/v1/execute", "400"): 1}


async def test_who_leaves_is_counted(service: Service) -> None:
    before = samples(service)
    with pytest.raises(httpx.ReadTimeout):
        async with service.client() as client:
            await client.post("/v1/execute", json={"language": "bash", "code": "sleep 30"}, timeout=0.5)
    await eventually(lambda: moved(before, samples(service), *EXECUTIONS) != {}, "nothing was counted")
    assert moved(before, samples(service), "runjail_cancelled_executions_total") == {(EXECUTIONS[4],): 1}


def test_pool_and_processes(service: Service) -> None:
    found = samples(service)
    assert value(found, "supervisor_up") == value(found, "ready") == 1
    (python,) = [pool for pool in service.pool()["pools"] if pool["runtime"] == "python" and pool["mode"] == "ready"]
    labels = {"runtime": "python", "mode": "ready", "stage": ""}
    assert value(found, "pool_target_jails", **labels) == python["target"]
    assert value(found, "jail_build_seconds_count", **labels) >= 1
    for process in ("supervisor", "jailer"):
        assert value(found, "process_resident_memory_bytes", process=process) > 1 << 20
        assert value(found, "process_open_fds", process=process) > 3
    assert value(found, "jailer_starts_total") == 1
    assert 1 <= value(found, "http_connections") <= value(found, "http_max_connections")


def test_unknown_paths_are_one_series(service: Service) -> None:
    before = samples(service)
    for number in range(3):
        assert get(f"{service.url}/no/such/path/{number}").status_code == 404
    assert httpx.request("BREW", f"{service.url}/v1/execute", trust_env=False).status_code == 405
    answers = moved(before, samples(service), "runjail_http_responses_total")
    assert {key[1:]: count for key, count in answers.items() if key[2] == "none"} == {
        ("other", "none", "404"): 3,
        ("other", "none", "405"): 1,
    }


def test_who_may_read(service: Service) -> None:
    service.add_key("prometheus", Scope.METRICS)
    for key in ("admin", "prometheus"):
        response = scrape(service, key)
        assert (response.status_code, response.headers["Content-Type"]) == (
            200,
            "text/plain; version=0.0.4; charset=utf-8",
        )
    assert scrape(service, "execute").status_code == 403
    assert get(f"{service.url}/metrics").status_code == 401
    headers = {"Authorization": f"Bearer {service.keys['prometheus']}"}
    assert get(f"{service.url}/v1/admin/pool", headers=headers).status_code == 403
    assert service.post_json({"language": "bash", "code": ""}, key="prometheus").status_code == 403


async def test_supervisor_that_is_killed_and_comes_back(own_service: Service) -> None:
    assert own_service.supervisor
    assert value(samples(own_service), "leaks_total", found="start") == 0
    own_service.supervisor.send_signal(signal.SIGKILL)
    own_service.supervisor.wait()
    await eventually(lambda: value(samples(own_service), "supervisor_up") == 0, "it is still told of")
    found = samples(own_service)
    assert not [name for name, _ in found if name.startswith("runjail_pool")]
    assert value(found, "http_max_connections") > 0
    own_service.start_supervisor()
    own_service.wait_ready()
    found = samples(own_service)
    assert value(found, "supervisor_up") == 1
    assert value(found, "leaks_total", found="start") > 0  # the jails that were waiting
