"""What Judge0's API tells of itself: languages, statuses, limits."""

from collections.abc import Mapping
from typing import Any

from quart import Blueprint, Response

from frontend.answers import json_response, slashed
from frontend.client import SupervisorClient
from frontend.errors import ApiError
from frontend.judge0_bodies import LIMITS
from frontend.judge0_languages import STATUSES, language_of
from frontend.judge0_store import MAX_SUBMISSIONS
from protocol.messages import ListRuntimes, RuntimeList

MAX_BATCH = 20
# Whose words its clients know.
_VERSION = "1.13.1"


def add_info(routes: Blueprint, client: SupervisorClient, keep_s: float, languages_by_id: Mapping[int, str]) -> None:
    """Add the routes that need no key."""
    route = slashed(routes)

    async def versions() -> dict[str, str]:
        """Of each language, the newest."""
        answer = await client.request(lambda id_: ListRuntimes(id=id_))
        assert isinstance(answer, RuntimeList)
        return {runtime.language: runtime.version for runtime in answer.runtimes}  # which are in order

    async def languages() -> Response:
        installed = await versions()
        known = [(id_, name) for id_, name in sorted(languages_by_id.items()) if name in installed]
        return json_response([language_of(id_, name, installed[name]) for id_, name in known])

    for path in ("/languages", "/languages/all"):
        route(path, "GET")(languages)

    @route("/languages/<int:id_>", "GET")
    async def language(id_: int) -> Response:
        installed = await versions()
        name = languages_by_id.get(id_, "")
        if name not in installed:
            raise ApiError("not_found", f"there is no language {id_}")
        return json_response(language_of(id_, name, installed[name]) | {"is_archived": False})

    @route("/statuses", "GET")
    async def statuses() -> Response:
        return json_response([{"id": id_, "description": description} for id_, description in STATUSES.items()])

    @route("/about", "GET")
    async def about() -> Response:
        return json_response({"version": _VERSION, "homepage": "", "source_code": "", "maintainer": "Runjail"})

    @route("/config_info", "GET")
    async def config_info() -> Response:
        return json_response(_CONFIG | {"submission_cache_duration": int(keep_s)})


_OFF = (
    "maintenance_mode", "enable_compiler_options", "enable_callbacks", "enable_submission_delete",
    "enable_per_process_and_thread_time_limit", "enable_per_process_and_thread_memory_limit",
    "allow_enable_per_process_and_thread_time_limit", "allow_enable_per_process_and_thread_memory_limit",
    "allow_enable_network", "enable_network", "use_docs_as_homepage", "redirect_stderr_to_stdout",
)  # fmt: skip
_ON = ("enable_wait_result", "enable_command_line_arguments", "enable_additional_files", "enable_batched_submissions")
_CONFIG: dict[str, Any] = {
    **dict.fromkeys(_OFF, False), **dict.fromkeys(_ON, True),
    "allowed_languages_for_compile_options": [], "callbacks_max_tries": 0, "callbacks_timeout": 0,
    "max_queue_size": MAX_SUBMISSIONS, "max_submission_batch_size": MAX_BATCH,
    "max_extract_size": 10_240,
    **{name: bounds[0] for name, bounds in LIMITS.items()},
    **{f"max_{name}": bounds[2] for name, bounds in LIMITS.items()},
}  # fmt: skip
