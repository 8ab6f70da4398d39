"""Jails: everything that talks to the kernel. Standard library only; decides nothing about requests.

Theory of operation
-------------------

Three kinds of process, each the parent of the next::

    supervisor   root, trio, many threads possible: asks for jails, uses them, destroys them
    jailer       root, one thread, ``python -I -m jail``: clones jails, writes their id maps
    init         PID 1 of one jail: root while it builds it, unprivileged from then on

The *jailer* first leaves the host behind: a mount namespace of its own, whose
root holds nothing but the layers (read-only) and /proc. For
each ``JailSpec`` on its control socket it clones an init into new PID, mount,
network, IPC and UTS namespaces (and, on cgroup v2, straight into its cgroup).

The *init* then takes these steps, in this order (``build.py``):

1. close every descriptor that is not its own;
2. cgroup v1 only: join the leaf cgroup, so that all memory from here on is charged to it;
3. assemble the root: tmpfs, overlay, /proc, devices (``rootfs.py``); pivot, detach the old root;
4. unshare the cgroup namespace, now that the leaf is its root; the UTS namespace gets its name;
5. take the jail's own host id, capabilities kept, and unshare the user namespace, which is then
   that user's, not root's; the jailer maps one inner id to it. The other namespaces were made
   before it and so belong to the host's: whatever a program might gain in its own user namespace,
   it has no power over them;
6. lower the limits of processes, for all that the jail will run; give up bounding set, securebits,
   ids, capabilities (``credentials.py``);
7. die with the jailer, be invisible to the program, ``no_new_privs``, and the seccomp
   filter last (``seccomp.py``, ``policy.py``), for every step above needs calls that it refuses.

From then on init is as unprivileged as the program. It tells the supervisor
that it is ready and waits on its control socket (``init.py``): files to write,
then stages to run. When a stage's first process has ended, init kills and reaps
all others, and reports the wait status. A program may also have been started
before, and wait for its source (``waiting.py``).

A failed step is told as ``{"event": "failed", "step", "errno"}`` and the init
exits: nothing runs in a jail that is not whole. Killing init kills the jail,
for it is PID 1. Nothing of a jail is used twice.

Resources of a jail, and who lets go of them: processes and mounts (the kernel,
when init dies), the leaf cgroup (the supervisor, ``cgroups.py``), the host id
(the supervisor). There is no folder on the host that belongs to a jail.
"""
