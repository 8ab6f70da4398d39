"""The contract between frontend and supervisor.

A connection is a stream of *frames* in both directions: 4 bytes of length, big
endian, then that many bytes of msgpack, which is one *message*. Requests go to
the supervisor, events come back. Each request carries an ``id`` chosen by the
frontend, and is answered by exactly one event with the same ``id``; answers
come in any order, so one connection carries many executions. A ``Cancel`` has no answer of
its own, and a cancelled execution may have none.

The supervisor speaks first: ``Hello``, once it serves the connection, which may
be long after it was made, where systemd holds the socket. A supervisor that is
being replaced says ``Leaving``, and the frontend goes on with the next one.

Every bound is in the type (``messages.py``). A frame that does not decode, or
is too long, ends the connection: nothing is negotiated. Both sides are
installed together; one that was not started again since knows by the
fingerprint in ``Hello``.

What else both sides have in common is here as well: version selectors, settings, the lines of the log, what systemd
is told.
"""
