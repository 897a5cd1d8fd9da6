"""The command line: one file per command, nothing heavy imported before it is needed."""

from __future__ import annotations


def main() -> None:
    """Run the command line; the process ends with its exit code."""
    from loligo.cli.app import app

    app(prog_name="loligo")
