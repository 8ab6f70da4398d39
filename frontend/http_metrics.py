"""What this process counts for ``/metrics``: the requests that it has answered, its connections, its own usage."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from quart import Response, g, request

from frontend.connections import Connections
from protocol.figures import DURATION_CLASSES_S

# When a series was begun, as a series of its own beside each: Prometheus finds resets without.
disable_created_metrics()  # type: ignore[no-untyped-call]  # of prometheus_client


class HttpMetrics:
    """Of one server. Which series there are depends on its routes, not on what is asked for."""

    def __init__(self, connections: Connections) -> None:
        self.registry = CollectorRegistry()
        self._responses = Counter(
            "runjail_http_responses_total",
            "Answers to requests, by route and status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._durations = Histogram(
            "runjail_http_request_duration_seconds",
            "From a request's head to its answer, or to the beginning of one that is streamed.",
            ["route"],
            buckets=DURATION_CLASSES_S,
            registry=self.registry,
        )
        open_now = Gauge("runjail_http_connections", "Connections that are open.", registry=self.registry)
        open_now.set_function(connections.count)
        most = Gauge("runjail_http_max_connections", "Connections that may be open at once.", registry=self.registry)
        most.set_function(lambda: connections.limit)  # it may be set anew on reload
        ProcessCollector(registry=self.registry)

    async def note(self, response: Response) -> Response:
        """Count an answer; to be called after each request."""
        # Where there is no route, neither the path nor the method is one of ours.
        rule = request.url_rule
        method, route = (request.method, rule.rule) if rule else ("other", "none")
        self._responses.labels(method, route, str(response.status_code)).inc()
        self._durations.labels(route).observe(time.monotonic() - g.came_at)
        return response
