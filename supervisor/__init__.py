"""The root daemon: decides what runs, where, for how long, and cleans up after it.

It owns the pool of warm jails and talks to two sides. Downwards to the jailer
(``launcher.py``), a process of its own that forks the jails, and to each jail's
init; upwards to the frontend over a unix socket (``server.py``). It believes
neither: frames are bounded and re-checked (``validation.py``), what a program
wrote is counted, cut and passed on (``pipes.py``), and how it ended is what
the kernel's counters say (``stage.py``).

A request: ``server`` decodes it, ``validation`` turns it into a ``Plan``,
``admission`` lets it in or queues it, ``execution`` takes a jail from the
``pool`` and runs the stages in it, and retires it whatever happened; ``record``
logs what became of it, and counts it among the ``figures``.

This process never forks, unshares or mounts: it is trio's, and may have threads.
"""
