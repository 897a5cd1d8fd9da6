"""The command line: one file per command, nothing heavy imported before it is needed."""

from __future__ import annotations

import os
import sys
from typing import Any


def main() -> None:
    """Run the command line; the process ends with its exit code."""
    from loligo.cli.app import app
    from loligo.cli.work import say

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name the terminal cannot show must not end the work
            stream.reconfigure(errors="backslashreplace")
    sys.unraisablehook = _interrupt_again
    try:
        app(prog_name="loligo")
    except OSError as error:  # what the commands themselves touch they handle; this is the output
        where = error.filename or "standard output"
        say(f"{where} cannot be used: {error.strerror or error}")
        _drop_output()
        sys.exit(1)


def _interrupt_again(lost: Any) -> None:
    """Repeat a Ctrl-C that came while an object was being deleted, where Python ignores it."""
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    import _thread
    from threading import Timer

    Timer(0.01, _thread.interrupt_main).start()


def _drop_output() -> None:
    """Keep the interpreter from writing once more what could not be written."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
