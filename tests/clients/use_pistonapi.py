"""PyPI's pistonapi, which posts a form, against the service whose URL is given."""

import sys

from pistonapi import PistonAPI

client = PistonAPI(f"{sys.argv[1]}/api/v2")
print("py" in client.runtimes["python"]["aliases"])
print(repr(client.execute("py", "3", "import sys; print(sys.argv[1:], input())", stdin="in", args=["a b", "c"])))
