"""PyPI's aiopyston, which ends its paths with a slash, against the service whose URL is given."""

import asyncio
import sys

from pyston import File, PystonClient


async def main(url: str) -> None:
    client = PystonClient(base_url=f"{url}/api/v2/piston/")
    output = await client.execute("python", [File("print(input()[::-1])")], stdin="olleh")
    print(output.success, repr(str(output).strip()))
    print("python" in {runtime.language for runtime in await client.runtimes()})
    try:
        await client.execute("cobol", [File("x")])
    except Exception as error:
        print(type(error).__name__)
    await client.close_session()


asyncio.run(main(sys.argv[1]))
