"""PyPI's piston-rspy, which is written in Rust, against the service whose URL is given."""

import asyncio
import os
import sys

import piston_rspy


async def main(url: str) -> None:
    client = piston_rspy.Client.with_url(f"{url}/api/v2")
    print("rust" in {runtime.language for runtime in await client.fetch_runtimes()})
    for content in ('int main(void) { return 3; }', "int main(void) { return x; }"):
        order = piston_rspy.Executor(language="c", version="*", files=[piston_rspy.File(name="a.c", content=content)])
        done = await client.execute(order)
        print(done.language, done.run.code, done.compile.code if done.compile else None)


asyncio.run(main(sys.argv[1]))
# Its threads may still be letting go of the GIL: an interpreter that finalizes beside them aborts.
sys.stdout.flush()
os._exit(0)
