"""Metrics: what the supervisor says becomes text that Prometheus reads; docs and alert rules name what there is."""

import re
from pathlib import Path

from prometheus_client import Metric, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from frontend.connections import Connections
from frontend.http_metrics import HttpMetrics
from frontend.supervisor_metrics import supervisor_metrics
from protocol.figures import (
    DURATION_CLASSES_S,
    Building,
    Durations,
    Ending,
    FigureDescription,
    ProcessUsage,
    RuntimeFigures,
)
from protocol.pool import Admission, CacheDescription, PoolDescription, RuntimePool

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/metrics.md").read_text()
RULES = (ROOT / "deploy/prometheus/runjail.rules.yml").read_text()

ONCE = Durations([1, *[0] * (len(DURATION_CLASSES_S) - 1), 2], 130.5)
POOL = PoolDescription(
    id=0,
    problems=["go: jails can't be built"],
    is_draining=False,
    pools=[RuntimePool("go", "go", "1.24", "started", "compile", 1, 2, 3, 4, 5, 6, 7, 0.1, 0.2, 0.3, 8)],
    admission=Admission(1, 2, 3, 4, 5, 6, 7),
    compile_cache=CacheDescription(1, 2, 3, 4, 5),
    faults=[],
)
GO = RuntimeFigures("go", [Ending("run", "ok", 3)], {"run": ONCE}, [Building("ready", None, ONCE)], 1, 2, 3)
FIGURES = FigureDescription(
    0, [GO], {"busy": 4}, {"start": 0, "clearing": 1}, 5, 6, 7, [ProcessUsage("jailer", 1.8e9, 0.5, 1024, 9)]
)


class Told(Collector):
    def collect(self) -> list[Metric]:
        return list(supervisor_metrics(POOL, FIGURES))


def parsed(text: str) -> dict[str, float]:
    """Samples as they are written, with their values."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    found = {sample.name + str(sorted(sample.labels.items())): sample.value for sample in samples}
    assert len(found) == len(samples)
    return found


def all_families() -> list[Metric]:
    http = HttpMetrics(Connections(1)).registry.collect()
    up = Metric(
        "runjail_supervisor_up", "1 when the supervisor answers; if not, there is nothing of what it knows.", "gauge"
    )
    return [up, *Told().collect(), *http]  # fmt: skip


def test_values_are_those_of_the_messages() -> None:
    found = parsed(generate_latest(Told()).decode())
    go = [("mode", "started"), ("runtime", "go"), ("stage", "compile")]
    assert found["runjail_ready[]"] == 0
    assert found["runjail_problems[]"] == 1
    assert found[f"runjail_executions_total{[('runtime', 'go'), ('stage', 'run'), ('status', 'ok')]}"] == 3
    assert found[f"runjail_pool_hits_total{go}"] == 6
    states = {state: found[f"runjail_pool_jails{[*go, ('state', state)]}"] for state in ("warm", "starting", "busy")}
    assert states == {"warm": 1, "starting": 2, "busy": 3}
    assert found[f"runjail_refusals_total{[('code', 'busy')]}"] == 4
    assert found[f"runjail_leaks_total{[('found', 'clearing')]}"] == 1
    assert found[f"runjail_process_open_fds{[('process', 'jailer')]}"] == 9


def test_classes_of_a_histogram_add_up() -> None:
    found = parsed(generate_latest(Told()).decode())
    name, of = "runjail_phase_duration_seconds", [("phase", "run"), ("runtime", "go")]
    assert found[f"{name}_count{of}"] == 3
    assert found[f"{name}_sum{of}"] == 130.5
    buckets = [found[f"{name}_bucket{sorted([*of, ('le', str(end))])}"] for end in (0.001, 60.0, "+Inf")]
    assert buckets == [1, 1, 3]


def test_names_are_as_prometheus_wants_them() -> None:
    units = ("_seconds", "_bytes", "_total")
    for family in all_families():
        assert re.fullmatch(r"(runjail|process)_[a-z_]+", family.name)
        assert family.documentation.endswith(".")
        assert "_ms" not in family.name
        if family.type == "histogram":
            assert family.name.endswith(units[0])


def test_page_tells_of_each_metric() -> None:
    rows = re.findall(r"^\| `([a-z_]+)(?:\{([a-z, ]+)\})?` \| (\w+) \| (.+) \|$", PAGE, re.MULTILINE)
    told = {name: (kind, meaning) for name, _, kind, meaning in rows}
    suffix = {"counter": "_total"}
    there = {f.name + suffix.get(f.type, ""): (f.type, f.documentation) for f in all_families()}
    assert told == {name: about for name, about in there.items() if not name.startswith("process_")}
    labels = {name: set(filter(None, of.split(", "))) for name, of, *_ in rows}
    for family in Told().collect():
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == labels[family.name + suffix.get(family.type, "")], family.name


def test_rules_ask_for_what_there_is() -> None:
    there = {sample for f in all_families() for sample in names_of_samples(f)}
    asked = set(re.findall(r"\brunjail_[a-z_]+", " ".join(re.findall(r"expr: (.+(?:\n {10,}.+)*)", RULES))))
    assert len(asked) > 8
    assert asked - there == set()


def names_of_samples(family: Metric) -> list[str]:
    suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
    return [family.name + suffix for suffix in suffixes.get(family.type, [""])]


def test_each_alert_says_what_to_do() -> None:
    alerts = RULES.split("- alert: ")[1:]
    assert len(alerts) > 8
    for alert in alerts:
        assert re.search(r"expr: .+", alert)
        assert re.search(r"severity: (page|ticket)", alert)
        assert re.search(r"summary: .+", alert)
        assert re.search(r"action: .+", alert)
