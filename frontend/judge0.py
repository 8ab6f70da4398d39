"""The API of Judge0: submissions, carried out as any other execution, waited for or fetched later."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
import trio
from quart import Blueprint, Response, current_app, g, request
from quart_trio import QuartTrio

from frontend.access import bearer, find_key
from frontend.answers import FORM, json_response, read_body, read_form, slashed
from frontend.config import Config
from frontend.errors import ApiError
from frontend.executor import Executor
from frontend.judge0_bodies import BatchBody, SubmissionBody, SubmissionError, read_submission
from frontend.judge0_info import MAX_BATCH, add_info
from frontend.judge0_running import Submissions
from frontend.judge0_store import QueueFullError, SubmissionStore
from frontend.judge0_submission import ALL_FIELDS, DEFAULT_FIELDS, NotTextError, Submission
from frontend.keys import Key, KeyStore, Scope
from frontend.results import server_timing
from frontend.schemas import decode
from protocol.messages import ErrorCode

_MAX_TOLD_BYTES = 32 * 1024 * 1024
# Of a body with files in base64, and of one with many submissions.
_MAX_BODY_BYTES = 24 * 1024 * 1024
_MAX_BATCH_BYTES = 8 * 1024 * 1024
_NOT_TEXT = "some attributes for {} cannot be converted to UTF-8, use base64_encoded=true query parameter"

_submissions = msgspec.json.Decoder(SubmissionBody)
_batches = msgspec.json.Decoder(BatchBody)


def make_judge0(executor: Executor, keys: KeyStore, config: Config) -> Blueprint:
    """The blueprint of its routes; each needs a key, but for those that tell what there is."""
    languages, keep_s = config.judge0_ids, config.judge0_keep_s
    routes = Blueprint("judge0", __name__)
    submissions = Submissions(executor, SubmissionStore(keep_s))
    route = slashed(routes)
    _add_error_handlers(routes)
    add_info(routes, executor.client, keep_s, languages)

    @route("/submissions", "POST")
    async def create() -> Response:
        key, fields, as_base64 = _caller(keys), _fields(), _is_base64()
        submission = await _read(await _body(), key, languages)
        if request.args.get("wait") != "true":
            submissions.put_off(submission, key, _nursery())
            return json_response({"token": submission.token}, 201)
        g.execution_id = submission.execution_id
        if finished := await submissions.carry_out(submission, key):
            g.server_timing = server_timing(finished)
        try:
            return json_response(submission.told(fields, as_base64=as_base64), 201)
        except NotTextError:
            return json_response({"token": submission.token, "error": _NOT_TEXT.format("this submission")}, 201)

    @route("/submissions/<token>", "GET")
    async def show(token: str) -> Response:
        submission = submissions.store.get(token, _caller(keys).sha256)
        if not submission:
            raise ApiError("not_found", f"there is no submission {token[:64]}")
        return json_response(submission.told(_fields(), as_base64=_is_base64()))

    @route("/submissions/batch", "POST")
    async def create_batch() -> Response:
        key, asked = _caller(keys), await _batch()
        _check_batch(len(asked))
        # All of them are read before the first one is begun.
        read = [await _read_or_say_why_not(one, key, languages) for one in asked]
        answers = [_put_off(submissions, one, key) if isinstance(one, Submission) else one for one in read]
        return json_response(answers, 201 if any("token" in answer for answer in answers) else 422)

    @route("/submissions/batch", "GET")
    async def show_batch() -> Response:
        whose, fields = _caller(keys).sha256, _fields()
        names = request.headers.get("tokens") or request.args.get("tokens", "")
        tokens = [token for token in names.strip().split(",") if token]
        _check_batch(len(tokens))
        found = [submissions.store.get(token, whose) for token in tokens]
        if sum(submission.size_bytes for submission in found if submission) > _MAX_TOLD_BYTES:
            raise ApiError(ErrorCode.TOO_LARGE, f"they have more than {_MAX_TOLD_BYTES} bytes together")
        try:
            told = [submission and submission.told(fields, as_base64=_is_base64()) for submission in found]
        except NotTextError:
            return json_response({"error": _NOT_TEXT.format("one or more submissions")}, 400)
        return json_response({"submissions": told})

    return routes


def _add_error_handlers(routes: Blueprint) -> None:
    @routes.errorhandler(SubmissionError)
    async def wrong(error: SubmissionError) -> Response:
        return json_response(error.errors, 422)

    @routes.errorhandler(QueueFullError)
    async def full(error: QueueFullError) -> Response:
        return json_response({"error": "queue is full"}, 503)

    @routes.errorhandler(NotTextError)
    async def not_text(error: NotTextError) -> Response:
        return json_response({"error": _NOT_TEXT.format("this submission")}, 400)

    @routes.errorhandler(ApiError)
    async def api_error(error: ApiError) -> Response:
        response = error.as_response()
        message = "queue is full" if error.code == ErrorCode.BUSY else error.message
        response.set_data(b"" if error.status == 401 else msgspec.json.encode({"error": message}))
        return response


def _caller(keys: KeyStore) -> Key:
    secret = request.headers.get("X-Auth-Token") or request.args.get("X-Auth-Token")
    return find_key(keys, secret or bearer(request.headers.get("Authorization", "")), Scope.EXECUTE)


def _nursery() -> trio.Nursery:
    app: QuartTrio = current_app._get_current_object()  # type: ignore[attr-defined]  # what current_app stands for
    return app.nursery


async def _read(body: dict[str, Any], key: Key, languages: Mapping[int, str]) -> Submission:
    """A submission that may be carried out for this key; SubmissionError or ApiError for any other."""
    read = partial(read_submission, body, is_base64=_is_base64(), ceilings=key.quota.run, languages=languages)
    # An archive may take a while to be unpacked: nobody else has to wait for that.
    request_ = await trio.to_thread.run_sync(read) if body.get("additional_files") else read()
    allowed = key.quota.languages
    if allowed is not None and request_.language not in allowed:
        raise ApiError(ErrorCode.FORBIDDEN, f"the key is for other languages: {', '.join(allowed)}")
    return Submission(request_, key.sha256)


async def _read_or_say_why_not(
    one: dict[str, Any], key: Key, languages: Mapping[int, str]
) -> Submission | dict[str, Any]:
    try:
        return await _read(one, key, languages)
    except SubmissionError as error:
        return error.errors
    except ApiError as error:
        return {"error": error.message}


def _put_off(submissions: Submissions, submission: Submission, key: Key) -> dict[str, Any]:
    try:
        submissions.put_off(submission, key, _nursery())
    except QueueFullError:
        return {"error": "queue is full"}
    except ApiError as error:
        return {"error": error.message}
    return {"token": submission.token}


async def _body() -> dict[str, Any]:
    """What of a JSON object, or of a form, has a meaning here: no more of it is made than that."""
    raw = await read_body(_MAX_BODY_BYTES)
    if request.mimetype == FORM:
        return {name: values[-1] for name, values in read_form(raw).items()}
    return msgspec.to_builtins(decode(_submissions, raw or b"{}"))  # type: ignore[no-any-return]  # of a Struct


async def _batch() -> list[dict[str, Any]]:
    raw = await read_body(_MAX_BATCH_BYTES)
    return msgspec.to_builtins(decode(_batches, raw or b"{}"))["submissions"]  # type: ignore[no-any-return]


def _fields() -> tuple[str, ...]:
    """Those that are asked for; ApiError for what is none."""
    asked = request.args.get("fields", "")
    if "*" in asked:
        return ALL_FIELDS
    names = tuple(dict.fromkeys(name.strip() for name in asked.split(",") if name.strip()))
    if wrong := [name for name in names if name not in ALL_FIELDS]:
        raise ApiError(ErrorCode.INVALID_REQUEST, f"invalid fields: [{', '.join(wrong)[:300]}]")
    return names or DEFAULT_FIELDS


def _is_base64() -> bool:
    return request.args.get("base64_encoded") == "true"


def _check_batch(number: int) -> None:
    if number > MAX_BATCH:
        message = f"number of submissions in a batch should be less than or equal to {MAX_BATCH}"
        raise ApiError(ErrorCode.INVALID_REQUEST, message)
    if not number:
        raise ApiError(ErrorCode.INVALID_REQUEST, "there should be at least one submission in a batch")
