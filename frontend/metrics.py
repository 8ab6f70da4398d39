"""``GET /metrics``: what supervisor and frontend have counted, as Prometheus reads it."""

from collections.abc import Iterator

import trio
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from quart import Blueprint, Response

from frontend.access import require
from frontend.client import SupervisorClient
from frontend.describing import describe_figures, describe_pool
from frontend.errors import ApiError
from frontend.http_metrics import HttpMetrics
from frontend.keys import KeyStore, Scope
from frontend.supervisor_metrics import supervisor_metrics
from protocol.figures import FigureDescription
from protocol.pool import PoolDescription

# Prometheus itself waits for ten, as a rule: what this process has counted is to come all the same.
_TIMEOUT_S = 5


class _Scrape(Collector):
    """What is told at one time."""

    def __init__(self, http: HttpMetrics, described: tuple[PoolDescription, FigureDescription] | None) -> None:
        self._http = http
        self._described = described

    def collect(self) -> Iterator[Metric]:
        meaning = "1 when the supervisor answers; if not, there is nothing of what it knows."
        yield GaugeMetricFamily("runjail_supervisor_up", meaning, self._described is not None)
        if self._described:
            yield from supervisor_metrics(*self._described)
        yield from self._http.registry.collect()


def make_metrics(client: SupervisorClient, keys: KeyStore, http: HttpMetrics) -> Blueprint:
    """The blueprint of the route, open to keys of operators and of Prometheus."""
    routes = Blueprint("metrics", __name__)

    @routes.get("/metrics")
    async def metrics() -> Response:
        require(keys, Scope.METRICS, Scope.ADMIN)
        scrape = _Scrape(http, await _describe(client))
        return Response(generate_latest(scrape), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    return routes


async def _describe(client: SupervisorClient) -> tuple[PoolDescription, FigureDescription] | None:
    with trio.move_on_after(_TIMEOUT_S):
        try:
            return await describe_pool(client), await describe_figures(client)
        except ApiError:
            return None
    return None
