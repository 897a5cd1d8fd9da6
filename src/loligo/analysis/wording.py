"""How names, remarks and lists of sweeps are written for people; no number is made here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SHORT = {"fi": "f-I", "ahp": "AHP", "adp": "ADP", "isi": "ISI", "rms": "RMS"}
_TYPESET = (
    (re.compile(r"Ohm\b"), "\N{GREEK CAPITAL LETTER OMEGA}"),
    (re.compile(r"(?<![\w.)\]-])-(?=\d)"), "\N{MINUS SIGN}"),
    (re.compile(r"(?<=\d)%"), " %"),
)
_LONG = 50  # characters of a remark that is not to be read twice
_RUN = 3  # sweeps in a row that are worth "5 to 7"


def readable(name: str) -> str:
    """Return a name of the glossary as a reader expects it.

    Examples
    --------
    >>> readable("fi_slope"), readable("input_resistance")
    ('f-I slope', 'input resistance')
    """
    return " ".join(_SHORT.get(word, word) for word in name.split("_"))


def typeset(text: str) -> str:
    """Return a remark with the signs of print: Ω, a minus, and a space before the per cent."""
    for pattern, sign in _TYPESET:
        text = pattern.sub(sign, text)
    return text


def sweeps_in_words(sweeps: Iterable[int]) -> str:
    """Return which sweeps, those that follow each other as a range.

    Examples
    --------
    >>> sweeps_in_words((4,)), sweeps_in_words((0, 1, 5, 6, 7))
    ('sweep 4', 'sweeps 0, 1, 5 to 7')
    """
    runs: list[list[int]] = []
    for sweep in sorted(sweeps):
        if runs and sweep == runs[-1][-1] + 1:
            runs[-1].append(sweep)
        else:
            runs.append([sweep])
    words = []
    for run in runs:
        words += [f"{run[0]} to {run[-1]}"] if len(run) >= _RUN else [str(sweep) for sweep in run]
    several = sum(len(run) for run in runs) != 1
    return f"sweep{'s' if several else ''} {', '.join(words)}"


def without_repeats(remarks: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return remarks, long ones that an earlier one says already by reference to its name.

    Parts are told apart by semicolons; what comes on top of the earlier remark stays.

    Examples
    --------
    >>> long = "residuals of the transient exceed the noise 19-fold (2.1%)"
    >>> without_repeats([long, f"{long}; late"], ["series resistance", "capacitance"])[1]
    'as for series resistance; late'
    """
    shown = []
    said: list[tuple[str, list[str]]] = []
    for remark, name in zip(remarks, names, strict=True):
        parts = remark.split("; ")
        fitting = [entry for entry in said if set(entry[1]) <= set(parts)]
        if fitting:
            earlier, known = max(fitting, key=lambda entry: len(entry[1]))
            parts = [f"as for {earlier}", *(part for part in parts if part not in known)]
        elif len(remark) > _LONG:
            said.append((name, parts))
        shown.append("; ".join(parts))
    return shown
