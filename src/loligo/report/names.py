"""What a file is called on a page: no more of its path than tells it from the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence


def short_names(files: Sequence[str]) -> list[str]:
    """Return for each file its name, with as many of its folders as others of the name demand.

    Parameters
    ----------
    files : sequence of str
        Paths as given; a file given twice has one name.
    """
    parts = [tuple(p for p in f.replace("\\", "/").split("/") if p) or (f,) for f in files]
    depths = [1] * len(parts)
    while True:
        names = ["/".join(path[-depth:]) for path, depth in zip(parts, depths, strict=True)]
        paths = defaultdict(set)
        for name, path in zip(names, parts, strict=True):
            paths[name].add(path)
        longer = [
            index
            for index, (name, path) in enumerate(zip(names, parts, strict=True))
            if len(paths[name]) > 1 and depths[index] < len(path)
        ]
        if not longer:
            return names
        for index in longer:
            depths[index] += 1
