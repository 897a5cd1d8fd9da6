"""Which names of units are accepted, and what a name that is not probably means.

A registry of all the units there are reads nearly any text as one: ``ma`` as a thousand years,
``PA`` as petaampere, ``deg C`` as degree coulomb, ``MV`` as megavolt. Here are the names that
recordings use, each with the prefixes that occur; anything else is refused.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SYMBOLS = {
    "V": ("", "m", "u", "n"),
    "A": ("", "m", "u", "n", "p", "f"),
    "s": ("", "m", "u", "n"),
    "sec": ("", "m", "u"),
    "secs": ("",),
    "min": ("",),
    "h": ("",),
    "Hz": ("", "m", "k", "M"),
    "Ohm": ("", "k", "M", "G", "T"),
    "ohm": ("", "k", "M", "G", "T"),
    "Ohms": ("", "k", "M", "G", "T"),
    "ohms": ("", "k", "M", "G", "T"),
    "S": ("", "m", "u", "n", "p", "f"),
    "F": ("", "u", "n", "p", "f"),
    "C": ("u", "n", "p", "f"),
    "M": ("", "m", "u", "n", "p"),
    "mol": ("", "m", "u", "n"),
    "l": ("",),
    "L": ("",),
    "m": ("", "c", "m", "u", "n"),
    "Pa": ("", "h", "k"),
    "bar": ("", "m"),
    "mmHg": ("",),
    "torr": ("",),
    "psi": ("",),
    "atm": ("",),
    "degC": ("",),
    "degF": ("",),
    "K": ("",),
}
"""Symbols with their prefixes; case matters. A bare C would be coulomb or Celsius."""

_WORDS = {
    "volt": ("", "milli", "micro", "nano"),
    "amp": ("", "milli", "micro", "nano", "pico", "femto"),
    "ampere": ("", "milli", "micro", "nano", "pico", "femto"),
    "second": ("", "milli", "micro", "nano"),
    "minute": ("",),
    "hour": ("",),
    "hertz": ("", "milli", "kilo", "mega"),
    "ohm": ("", "kilo", "mega", "giga", "tera"),
    "siemens": ("", "milli", "micro", "nano", "pico", "femto"),
    "farad": ("", "micro", "nano", "pico", "femto"),
    "coulomb": ("", "micro", "nano", "pico", "femto"),
    "molar": ("", "milli", "micro", "nano", "pico"),
    "mole": ("", "milli", "micro", "nano"),
    "liter": ("",),
    "litre": ("",),
    "meter": ("", "centi", "milli", "micro", "nano"),
    "metre": ("", "centi", "milli", "micro", "nano"),
    "micron": ("",),
    "pascal": ("", "hecto", "kilo"),
    "kelvin": ("",),
    "percent": ("",),
    "dimensionless": ("",),
}
"""Words, which mean the same in any case, with or without a plural s."""

_SQUARE = re.compile(r"\s*(\*\*|\^)\s*2\b")
"""The power of two as programs write it, ``cm**2``."""

_OTHER = {
    "\u00b0C": "degC",
    "deg C": "degC",
    "celsius": "degC",
    "degree_celsius": "degC",
    "degrees celsius": "degC",
    "cmH2O": "centimeter_H2O",
    "cm2": "cm**2",
    "centimeter2": "cm**2",
    "um2": "um**2",
    "mm2": "mm**2",
    "m2": "m**2",
    "ohm cm": "ohm*cm",
    "ohm m": "ohm*m",
    "sqrt(Hz)": "Hz**0.5",
    "sqrt(kHz)": "kHz**0.5",
    "\u221aHz": "Hz**0.5",
    "rtHz": "Hz**0.5",
    "millimeter_hg": "mmHg",
    "amps": "ampere",
    "amp": "ampere",
}


@lru_cache(maxsize=1)
def _symbols() -> frozenset[str]:
    return frozenset(prefix + name for name, prefixes in _SYMBOLS.items() for prefix in prefixes)


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    singular = [prefix + name for name, prefixes in _WORDS.items() for prefix in prefixes]
    return {word + end: word for end in ("s", "") for word in singular}


def registry_name(text: str) -> str | None:
    """Return the name to look up in pint's registry, ``None`` where it is not an accepted one.

    Parameters
    ----------
    text : str
        Names, where there are several with ``/`` or ``*`` between them; ``/ms`` is ``1/ms``.
    """
    parts = re.split(r"\s*([*/])\s*", _SQUARE.sub("2", text.strip()))
    found = [part if part in {"*", "/"} else _one(part) for part in parts]
    if parts[0] in {"", "1"} and parts[1:2] == ["/"]:
        found[0] = "1"
    return None if None in found else "".join(part for part in found if part is not None)


def _one(name: str) -> str | None:
    word = name.lower()
    for known in (name, word):
        if known in _OTHER:
            return _OTHER[known]
    if name in _symbols():
        return name
    return _words().get(word)


def same_but_for_case(text: str) -> tuple[str, ...]:
    """Return the accepted symbols that `text` would be in another case."""
    wanted = text.strip().lower()
    meant = (name for name in _symbols() if name.lower() == wanted)
    return tuple(sorted(name for name in meant if "ohm" not in name))
