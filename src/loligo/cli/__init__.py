"""The command line: one file per command, nothing heavy imported before it is needed."""

from __future__ import annotations


def main() -> None:
    """Run the command line; the process ends with its exit code."""
    import sys

    from loligo.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name the terminal cannot show must not end the work
            stream.reconfigure(errors="backslashreplace")
    app(prog_name="loligo")
