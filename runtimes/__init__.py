"""Which languages exist, and how their root file systems are made: data first.

A *runtime* is one toolchain at one version, declared by a manifest
(``python.toml``, schema in ``manifest.py``). Its root file system is a stack
of read-only *layers*, each declared by a recipe (``layers/*.toml``, schema in
``recipe.py``) and built from distribution packages by ``build.py`` into the
state folder (``store.py``). The name of a layer holds the digest of its
recipe, so a layer is rebuilt exactly when what it is made of changed.

The supervisor reads manifests and the store; only the operator's command
builds. Nothing here runs a user's program.
"""
