"""The commands and their options as Markdown, for the documentation.

``python -m loligo.cli.reference docs/cli.md`` brings the reference in that page up to date; a test
compares them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

START, END = "<!-- commands: generated -->", "<!-- end of commands -->"


def commands_as_markdown() -> str:
    """Return a section for each command, with a table of its arguments and options."""
    from typer.main import get_command

    from loligo.cli.app import app

    return "\n".join(_sections("loligo", get_command(app)))


def _sections(name: str, group: Any) -> Iterator[str]:
    """Yield a section for each command of a group, and of the groups in it."""
    for word, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _sections(f"{name} {word}", command)
        else:
            yield _section(f"{name} {word}", command)


def _section(name: str, command: Any) -> str:
    lines = [f"### `{name}`", "", command.help.strip(), ""]
    lines += ["| argument or option | meaning |", "| --- | --- |"]
    lines += [_row(parameter) for parameter in command.params if parameter.name != "help"]
    return "\n".join([*lines, ""])


def _row(parameter: Any) -> str:
    metavar = parameter.metavar or ("" if getattr(parameter, "is_flag", False) else "TEXT")
    if parameter.param_type_name == "argument":
        shown = metavar
    else:
        shown = f"{', '.join(parameter.opts)} {metavar}".strip()
    meaning = (parameter.help or "").replace("|", "\\|")
    return f"| `{shown}` | {meaning} |".replace("CHANNEL|FILE", "CHANNEL or FILE")


def updated(page: str) -> str:
    """Return a page with the reference between its marks replaced."""
    head, rest = page.split(START, 1)
    _, tail = rest.split(END, 1)
    return f"{head}{START}\n\n{commands_as_markdown()}\n{END}{tail}"


def main() -> None:
    """Bring the page named on the command line up to date."""
    path = Path(sys.argv[1])
    path.write_text(updated(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
