"""Which program is started in a jail before its request comes, and which requests it can serve.

A request is served by it only where nobody could tell: where the very same
command would be started, and everything that it looked at as it started is as
it was. All others end it and start their own.
"""

from jail.spec import StageCommand
from jail.waiting import MAX_SOURCE_BYTES
from protocol.messages import Execute, SourceFile
from supervisor.jails import Waiting
from supervisor.validation import Installed, Plan, plan_execution


def waiting_command(installed: Installed) -> StageCommand:
    """The program of a request that has nothing but a source."""
    request = Execute(
        id=0,
        execution_id="0" * 32,
        language=installed.manifest.language,
        version=installed.runtime.version,
        files=[SourceFile(content=b"")],
    )
    return plan_execution(request, {installed.name: installed}).run.command


def serves(waiting: Waiting, plan: Plan) -> bool:
    """Whether the program that waits is the one of this plan."""
    manifest = plan.installed.manifest
    name, source = plan.files[0]
    return (
        plan.run.command == waiting.command
        and name == waiting.script
        and len(source) <= MAX_SOURCE_BYTES
        and b"\0" not in source  # python would look for a zip archive in it, before it reads it
        and not any(text.encode() in source for text in manifest.cold_with_text)
        # Settings, which it has looked for already.
        and not any(other.startswith(".") or other in manifest.cold_with_files for other, _ in plan.files)
    )
