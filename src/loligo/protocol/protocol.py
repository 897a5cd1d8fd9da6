"""`Protocol`: what is commanded in every sweep, as one frozen value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BeforeValidator, PlainSerializer, StrictInt, WithJsonSchema, model_validator

from loligo.errors import LoligoError, ModelError, SelectionError
from loligo.protocol.check import check, main_sweeps
from loligo.protocol.epoch import Epoch
from loligo.protocol.fields import Frozen, Interval, Level
from loligo.protocol.leak import LeakPulses
from loligo.protocol.segment import Segment, sample
from loligo.protocol.verbs import AnyEpoch, as_epoch
from loligo.protocol.window import Window, windows_of

Dimension = Literal["voltage", "current", "current_density", "conductance", "none"]


def _epochs(value: Any) -> tuple[Epoch, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ModelError(f"epochs = {value!r}; give a list, one sentence for each epoch")
    made = []
    for place, entry in enumerate(value, 1):
        try:
            made.append(as_epoch(entry))
        except LoligoError as error:
            raise ModelError(f"epoch {place}: {error}") from error
    return tuple(made)


def _leak(value: Any) -> Any:
    return LeakPulses.parse(value) if isinstance(value, str) else value


class Protocol(Frozen):
    """The command of every sweep: holding, and epochs in order.

    Parameters
    ----------
    name : str
    epochs : sequence of Epoch, str or mapping
        In order; sentences are parsed.
    holding : level, optional
        Between sweeps and wherever an epoch says no other; its unit decides the clamp. Left out,
        nothing is commanded (I=0), and epochs can only hold.
    sweep_interval : time, optional
        From the start of one sweep to the start of the next.
    sweeps : int, optional
        How often the protocol is played, where no value changes from sweep to sweep. Where values
        do, their number is the number of sweeps.
    leak : LeakPulses or str, optional
        Copies for leak subtraction before each sweep: ``"P/-4 from -100 mV"``.
    source : str
        Where it is published.

    Raises
    ------
    ModelError
        Levels of different dimensions, series of different lengths, labels given twice, epochs that
        cannot be played. The message names the epoch.

    Examples
    --------
    >>> tails = Protocol("tails", ["hold for 100 ms", "step -60..60 mV by 20 mV for 500 ms as test",
    ...                            "step -40 mV for 400 ms as tail"], holding="-80 mV")
    >>> tails.n_sweeps, tails.duration(0), tails.dimension
    (7, 1000.0, 'voltage')
    """

    kind: Literal["protocol"] = "protocol"
    name: str = ""
    source: str = ""
    holding: Level | None = None
    sweep_interval: Interval | None = None
    sweeps: StrictInt = 1
    leak: Annotated[
        LeakPulses | None,
        BeforeValidator(_leak),
        PlainSerializer(lambda leak: None if leak is None else str(leak)),
        WithJsonSchema({"type": ["string", "null"], "examples": ["P/4", "P/-4 from -100 mV"]}),
    ] = None
    epochs: Annotated[tuple[AnyEpoch, ...], BeforeValidator(_epochs)]

    def __init__(
        self,
        name: str = "",
        epochs: Sequence[Any] = (),
        *,
        holding: Any = None,
        sweep_interval: Any = None,
        sweeps: int = 1,
        leak: Any = None,
        source: str = "",
        kind: str = "protocol",
    ) -> None:
        super().__init__(
            kind=kind,
            name=name,
            epochs=epochs,
            holding=holding,
            sweep_interval=sweep_interval,
            sweeps=sweeps,
            leak=leak,
            source=source,
        )

    @model_validator(mode="after")
    def _playable(self) -> Self:
        self.__dict__["sweeps"] = main_sweeps(self)
        check(self)
        return self

    # What is played ---------------------------------------------------------------------------

    @property
    def dimension(self) -> Dimension:
        """What is commanded; it decides the clamp. ``"none"`` where nothing is."""
        found: Any = "none" if self.holding is None else self.holding.dimension
        return found  # type: ignore[no-any-return]

    @property
    def n_sweeps(self) -> int:
        """How many sweeps are played, copies for leak subtraction counted."""
        return self.sweeps * (1 + (self.leak.count if self.leak else 0))

    @property
    def varies(self) -> bool:
        """Whether any value differs between sweeps."""
        held = self.holding is not None and self.holding.varies
        return held or any(True for epoch in self.epochs for _ in epoch.counts())

    def main_sweep(self, sweep: int) -> int:
        """Return which sweep, leak copies not counted, a sweep is, or is a copy of."""
        self._known(sweep)
        return sweep // (1 + (self.leak.count if self.leak else 0))

    def is_leak(self, sweep: int) -> bool:
        """Tell whether a sweep is a copy for leak subtraction."""
        self._known(sweep)
        return self.leak is not None and sweep % (1 + self.leak.count) < self.leak.count

    def duration(self, sweep: int) -> float:
        """Return how long a sweep lasts [ms]."""
        main = self.main_sweep(sweep)
        return math.fsum(epoch.length(main) for epoch in self.epochs)

    def segments(self, sweep: int) -> tuple[Segment, ...]:
        """Return the smooth stretches of a sweep, contiguous from 0 to its duration.

        Parameters
        ----------
        sweep : int
            From 0; copies for leak subtraction are sweeps of their own.

        Returns
        -------
        tuple of Segment

        Raises
        ------
        SelectionError
            There is no such sweep.
        """
        return tuple(s for window in self.epochs_of(sweep) for s in window.segments)

    def epochs_of(self, sweep: int) -> tuple[Window, ...]:
        """Return where each epoch is in a sweep; those that last 0 ms are left out.

        Raises
        ------
        SelectionError
            There is no such sweep.
        """
        if sweep not in self._windows:
            self._windows[sweep] = windows_of(self, sweep)
        return self._windows[sweep]

    @cached_property
    def _windows(self) -> dict[int, tuple[Window, ...]]:
        """The windows of sweeps that were asked for."""
        return {}

    def rest(self, sweep: int) -> float:
        """Return the level before and after a sweep, in the internal unit; 0 where none is."""
        main = self.main_sweep(sweep)
        held = 0.0 if self.holding is None else self.holding.at(main)
        if self.leak is None or self.leak.level is None or not self.is_leak(sweep):
            return held
        return self.leak.level.at(main) + (held if self.leak.level.above_holding else 0.0)

    def command(self, sweep: int, times: ArrayLike) -> NDArray[np.float64]:
        """Return the command of a sweep at times [ms], in the internal unit.

        Before the sweep and from its end on it is the level between sweeps. At an edge (and within
        1e-6 ms before it, for rounding) it is the level that the edge leads to.

        Raises
        ------
        SelectionError
            There is no such sweep.
        """
        return sample(self.segments(sweep), times, self.rest(sweep))

    def _known(self, sweep: int) -> None:
        if not 0 <= sweep < self.n_sweeps:
            raise SelectionError(
                f"protocol {self.name!r} has no sweep {sweep}; there are {self.n_sweeps}, "
                "counted from 0"
            )

    # Changing, by making a new one --------------------------------------------------------

    def replace(self, **changes: Any) -> Protocol:
        """Return a protocol with some fields changed, checked anew.

        Where values vary, the number of sweeps follows from them.

        Raises
        ------
        ModelError
            See `Protocol`.
        """
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        if self.varies and "sweeps" not in changes:
            fields["sweeps"] = 1
        return type(self)(**{**fields, **changes})

    # Telling ----------------------------------------------------------------------------------

    def to_toml(self) -> str:
        """Return the protocol as TOML, one sentence for each epoch."""
        from loligo.protocol.text import to_toml

        return to_toml(self)

    @classmethod
    def from_toml(cls, text: str) -> Protocol:
        """Read a protocol from TOML; epochs are sentences or tables.

        Raises
        ------
        ModelError
            Not TOML, or not a protocol that can be played.
        """
        from loligo.protocol.text import from_toml

        return from_toml(text)

    def to_json(self) -> str:
        """Return the protocol as JSON, each epoch an object of its fields."""
        from loligo.protocol.text import to_json

        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> Protocol:
        """Read a protocol from JSON.

        Raises
        ------
        ModelError
            Not JSON, or not a protocol that can be played.
        """
        from loligo.protocol.text import from_json

        return from_json(text)

    @classmethod
    def read(cls, path: str | Path) -> Protocol:
        """Read a protocol from a file that ends in ``.toml`` or ``.json``.

        Raises
        ------
        ModelError
            Another ending, no such file, or not a protocol that can be played.
        """
        from loligo.protocol.text import read

        return read(Path(path))

    def __str__(self) -> str:
        from loligo.protocol.describe import as_text

        return as_text(self)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        from loligo.protocol.describe import as_html

        return as_html(self)
