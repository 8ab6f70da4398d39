"""From a request's body to what the supervisor is asked for, and from its answer to the client's."""

from frontend.results import ExecuteResponse, execute_response
from frontend.schemas import ExecuteBody
from protocol.messages import Execute, Finished


def answer(finished: Finished, body: ExecuteBody, execution_id: str) -> ExecuteResponse:
    """The answer to this request."""
    return execute_response(finished, execution_id, body.output_encoding or "utf8", body.outputs or [])


def execute_message(body: ExecuteBody, owner: str, execution_id: str) -> Execute:
    """What the supervisor is asked for; ApiError for what it may not be."""
    args, environment = body.arguments()
    return Execute(
        id=0,  # given when it is sent
        execution_id=execution_id,
        owner=owner,
        language=body.language,
        version=body.version or "*",
        files=body.source_files(),
        stdin=body.stdin_bytes(),
        args=args,
        environment=environment,
        compile=body.compile_request(),
        run=body.run_request(),
        outputs=body.output_patterns(),
        cases=body.case_messages(),
        stop_on_failure=body.stop_on_failure or False,
    )
