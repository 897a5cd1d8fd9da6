"""One file a simulator: how a careful user of it would write the workloads.

Each has ``prepare(case)``, which builds and compiles, and ``version()``. They import their
simulator at the top, so that a missing one is an ``ImportError`` before anything is timed.
"""
