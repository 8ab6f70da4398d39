"""``runjail doctor --attack``: attacks, made live in real jails of this host, and outside of any for comparison.

``catalogue.py`` says what is tried and what must become of it, ``scenarios.py`` how: each of its functions
runs a program of ``programs/`` on some ground (``ground.py``) and returns an outcome for each attack. There are two
grounds, the jails of a supervisor (``jails.py``) and the bare host (``host.py``), the control. ``verdicts.py``
judges both outcomes, ``command.py`` puts it all together. The programs know nothing of where they run.
"""
