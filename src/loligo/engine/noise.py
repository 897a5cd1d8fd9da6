"""What a caller says of a random current and of the seed, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from loligo.cell.lowered import Parameter
from loligo.engine.request import Array
from loligo.engine.system import Options
from loligo.errors import ModelError, SelectionError, suggest
from loligo.protocol import Protocol

LARGEST_SEED = (1 << 32) - 1

_UNITS = {"sigma": "pA", "tau": "ms"}


def noise_parameters(protocol: Protocol, noise: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """Return the parameters of a random current.

    Parameters
    ----------
    protocol : Protocol
        Noise is injected where it commands a current or nothing.
    noise : mapping of str to quantities
        ``sigma`` and ``tau``.

    Raises
    ------
    SelectionError
        Other names.
    ModelError
        The protocol does not command a current.
    """
    for name in noise:
        if name not in _UNITS:
            raise SelectionError(f"noise has no {name!r}; {suggest(name, _UNITS)}")
    missing = _UNITS.keys() - noise.keys()
    if missing:
        raise SelectionError(
            f"noise lacks {' and '.join(sorted(missing))}; write noise={{'sigma': '5 pA', "
            f"'tau': '2 ms'}}"
        )
    if protocol.dimension not in {"none", "current", "current_density"}:
        raise ModelError(
            f"a random current is injected in current clamp; the protocol {protocol.name!r} "
            f"commands a {protocol.dimension}"
        )
    return tuple(Parameter(f"noise.{n}", 0.0, unit, "constant") for n, unit in _UNITS.items())


def check_noise(values: Mapping[str, Array]) -> None:
    """Refuse a negative standard deviation, and a correlation time that is not above 0.

    Raises
    ------
    ModelError
        With the value and what is allowed.
    """
    for name, unit in _UNITS.items():
        value = values.get(f"noise.{name}", np.ones(()))
        wrong = value < 0.0 if name == "sigma" else value <= 0.0
        if np.any(wrong):
            shown = float(np.atleast_1d(value)[np.atleast_1d(wrong)][0])
            allowed = "0 or more" if name == "sigma" else "above 0"
            raise ModelError(f"noise.{name} = {shown:g} {unit} must be {allowed}")


def check_random(options: Options, method: str, target: str, precision: str) -> None:
    """Refuse steppers that draw nothing.

    Raises
    ------
    ModelError
    """
    if (options.stochastic or options.noise) and (
        (method, target, precision) != ("staggered", "kernel", "double")
    ):
        raise ModelError(
            "stochastic channels and noise run by staggered steps in the kernel in double "
            f"precision, not with method={method!r}, target={target!r}, precision={precision!r}"
        )


def checked_seed(seed: int | None) -> int:
    """Return the seed, a new one where none is given.

    Raises
    ------
    ModelError
        It is not a whole number from 0 to 2^32 - 1.
    """
    if seed is None:
        return int(np.random.SeedSequence().generate_state(1)[0])
    if (
        isinstance(seed, bool)
        or not isinstance(seed, int | np.integer)
        or not (0 <= seed <= LARGEST_SEED)
    ):
        raise ModelError(f"seed = {seed!r}; allowed: whole numbers from 0 to {LARGEST_SEED}")
    return int(seed)
