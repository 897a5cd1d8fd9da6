"""Size limits: a file has one purpose, a function fits a screen, the median file is small.

``python -m tools.check_sizes`` prints what breaks them and exits 1; the test suite asks the same.
"""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src" / "loligo"
FILE_LIMIT = 500
MEDIAN_LIMIT = 200
FUNCTION_LIMIT = 70
BLOB_LIMIT = 600_000

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(folder: Path = SOURCE) -> list[Path]:
    """Return the Python files below a folder."""
    return sorted(folder.rglob("*.py"))


def line_count(path: Path) -> int:
    """Return the number of lines of a file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def body_length(function: Function) -> int:
    """Return the lines of a function without its signature and docstring."""
    first = function.body[0]
    documented = ast.get_docstring(function) is not None
    start = (first.end_lineno or first.lineno) + 1 if documented else first.lineno
    return (function.end_lineno or start) - start + 1


def functions(path: Path) -> list[tuple[str, int]]:
    """Return the name and body length of each function of a file, nested ones included."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, Function)]
    return [(node.name, body_length(node)) for node in found]


def breaches(folder: Path = SOURCE) -> list[str]:
    """Return every breach of the limits, in words."""
    found = []
    lengths = []
    for path in sources(folder):
        name = path.relative_to(folder.parent).as_posix()
        lengths.append(line_count(path))
        if lengths[-1] > FILE_LIMIT:
            found.append(f"{name}: {lengths[-1]} lines; allowed: {FILE_LIMIT}")
        found += [
            f"{name}: {function}() has {length} lines; allowed: {FUNCTION_LIMIT}"
            for function, length in functions(path)
            if length > FUNCTION_LIMIT
        ]
    if lengths and statistics.median(lengths) >= MEDIAN_LIMIT:
        found.append(f"median file: {statistics.median(lengths):g} lines; below {MEDIAN_LIMIT}")
    found += [
        f"{path.relative_to(folder.parent).as_posix()}: {path.stat().st_size} bytes"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc" and path.stat().st_size > BLOB_LIMIT
    ]
    return found


def main() -> int:
    """Print the breaches and return 1 where there are any."""
    found = breaches()
    print("\n".join(found) if found else f"sizes: {len(sources())} files within the limits")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
