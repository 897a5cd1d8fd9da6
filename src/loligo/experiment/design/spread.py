"""Spreads of parameters in words, and what is drawn from them.

``"20 %"`` is log-normal around the experiment's value with that coefficient of variation,
``"2 MOhm"`` normal with that standard deviation, ``"5..30 MOhm"`` uniform; ``"10 % around PATH"``
is around what was drawn for another path, and ``"as PATH"`` the same as it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from loligo.errors import ModelError
from loligo.experiment.design.places import Amount, amount_at, with_amounts
from loligo.experiment.file import Experiment

Kind = Literal["relative", "absolute", "uniform"]


@dataclass(frozen=True, slots=True)
class Spread:
    """How a parameter differs from one recording to the next.

    Attributes
    ----------
    kind : {"relative", "absolute", "uniform"}
    size : Amount
        Coefficient of variation, standard deviation, or lower end.
    end : Amount
        Upper end, of uniform ones.
    around : str
        Path whose value it is around; ``""`` for its own.
    text : str
        As written.
    """

    kind: Kind
    size: Amount
    end: Amount
    around: str
    text: str

    @classmethod
    def parse(cls, text: object, path: str) -> Spread:
        """Read a spread.

        Raises
        ------
        ModelError
            It is none of the forms there are, or negative.
        """
        told = " ".join(str(text).split())
        if told.startswith("as "):
            return cls("relative", Amount(0.0), Amount(0.0), told[3:].strip(), told)
        amount, _, around = told.partition(" around ")
        if ".." in amount:
            if around:
                raise ModelError(f"{path} = {text!r}: a range stands alone, it is around nothing")
            low, _, high = amount.partition("..")
            end = Amount.parse(high, path)
            start = Amount.parse(low if " " in low.strip() else f"{low} {end.unit}".strip(), path)
            return cls("uniform", start, end, "", told)
        if amount.endswith("%"):
            size = Amount.parse(amount.removesuffix("%"), path)
            kind: Kind = "relative"
            size = Amount(size.number / 100)
        else:
            size, kind = Amount.parse(amount, path), "absolute"
        if not (math.isfinite(size.number) and size.number >= 0):
            raise ModelError(f"{path} = {text!r}: a spread is 0 or more")
        return cls(kind, size, Amount(0.0), around.strip(), told)

    def draw(self, own: Amount, centre: Amount, chance: float, path: str) -> Amount:
        """Return the value of a standard normal deviate.

        Parameters
        ----------
        own, centre : Amount
            The experiment's value (for its unit), and what it is drawn around.
        chance : float
        path : str
            For messages.
        """
        middle = centre.in_unit(own.unit, path)
        if self.kind == "relative":
            width = math.sqrt(math.log1p(self.size.number**2))
            return Amount(middle * math.exp(width * chance), own.unit)
        if self.kind == "absolute":
            return Amount(middle + self.size.in_unit(own.unit, path) * chance, own.unit)
        low, high = self.size.in_unit(own.unit, path), self.end.in_unit(own.unit, path)
        share = 0.5 * math.erfc(-chance / math.sqrt(2.0))
        return Amount(low + (high - low) * share, own.unit)


def spreads_of(told: Mapping[str, object]) -> dict[str, Spread]:
    """Return spreads by path, each after the one it is around.

    Raises
    ------
    ModelError
        One cannot be read, or they are around each other.
    """
    read = {path: Spread.parse(text, path) for path, text in told.items()}
    ordered: dict[str, Spread] = {}
    left = dict(read)
    while left:
        ready = [path for path, spread in left.items() if spread.around not in left]
        if not ready:
            raise ModelError(f"the spreads of {' and '.join(left)} are around each other")
        for path in ready:
            ordered[path] = left.pop(path)
    return ordered


def drawn(
    experiment: Experiment, spreads: Mapping[str, Spread], key: tuple[int, ...]
) -> Experiment:
    """Return the experiment of one repeat.

    Parameters
    ----------
    experiment : Experiment
    spreads : mapping of str to Spread
        From `spreads_of`.
    key : tuple of int
        Seed and repeat: the same key draws the same, whatever else varies.

    Raises
    ------
    ModelError
        A value that was drawn is refused.
    """
    for path in sorted(spreads):
        amount_at(experiment, path)
    deviates = dict(
        zip(sorted(spreads), np.random.default_rng(key).standard_normal(len(spreads)), strict=True)
    )
    made = experiment
    for path, spread in spreads.items():
        own = amount_at(made, path)
        centre = amount_at(made, spread.around) if spread.around else own
        try:
            value = spread.draw(own, centre, float(deviates[path]), path)
            made = with_amounts(made, {path: value})
        except ModelError as error:
            raise ModelError(
                f"repeat {key[-1]}, drawn from {spread.text!r}: {error}; a narrower spread does "
                "not reach that far"
            ) from None
    return made
