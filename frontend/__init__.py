"""The HTTP side: an unprivileged process that knows nothing but the contract.

It reads a request (``schemas.py``), asks for a key (``keys.py``), sends one
message to the supervisor (``client.py``) and turns the answer into JSON
(``results.py``). It has no way to touch a jail, and losing it loses nothing
else. Errors of every route have one form (``errors.py``). Operators see what goes
on by ``/metrics`` (``metrics.py``) and the page ``/admin`` (``dashboard/``).
"""
