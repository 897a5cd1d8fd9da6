"""What all commands share: options as the command line has them, and a Ctrl-C that is heard."""

import gc
import sys
import time

import pytest

from loligo.cli import _interrupt_again
from loligo.cli.options import checked_files
from loligo.cli.work import as_options, printable


@pytest.mark.parametrize(
    ("python", "shell"),
    [
        ("Pass response= with the name", "Pass --response with the name"),
        ("Pass unit={'IN 0': 'mV'} or {'IN 0': 'pA'}", "Pass --unit 'IN 0=mV' or 'IN 0=pA'"),
        ("pass overwrite=True, or", "pass --overwrite, or"),
        ("Pass sampling_rate='20 kHz' with", "Pass --sampling-rate '20 kHz' with"),
        ("pass command_unit=", "pass --command-unit"),
        ("capacitance=3 stays", "capacitance=3 stays"),
    ],
)
def test_options_as_the_shell_has_them(python, shell):
    assert as_options(python) == shell


def test_control_characters_do_not_reach_the_terminal():
    assert printable("a\x1b[31m\x00\u202eb") == "a\ufffd[31m\ufffd\ufffdb"


def test_an_interrupt_lost_in_a_deletion_is_repeated(monkeypatch, interrupts_heard):
    class Swallows:
        def __del__(self):
            raise KeyboardInterrupt

    def work():
        thing = Swallows()
        del thing
        gc.collect()
        for _ in range(300):
            time.sleep(0.01)

    monkeypatch.setattr(sys, "unraisablehook", _interrupt_again)
    with pytest.raises(KeyboardInterrupt):
        work()


def test_a_folder_one_may_not_look_into_costs_a_row_only(monkeypatch):
    def forbidden(self, **_):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr("pathlib.Path.stat", forbidden)
    assert checked_files(["locked/cell.abf"]) == ["locked/cell.abf"]
