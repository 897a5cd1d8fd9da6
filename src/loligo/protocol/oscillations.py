"""Epochs that oscillate: sine and zap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal, Self

from loligo.errors import ModelError
from loligo.protocol.epoch import LABEL, Clause, Epoch, Place
from loligo.protocol.fields import Difference, Duration, Frequency, Frozen, Level, Share
from loligo.protocol.segment import Segment
from loligo.protocol.series import Series
from loligo.protocol.shapes import Chirp, Sinusoid

ZERO = Series((0.0,), "fraction")


class Tone(Frozen):
    """One more sine within a `Sine`.

    Parameters
    ----------
    amplitude : difference of level
    frequency : frequency
    phase : float [cycles]
    """

    amplitude: Difference
    frequency: Frequency
    phase: Share = ZERO

    def __init__(self, amplitude: Any, frequency: Any, phase: Any = ZERO) -> None:
        super().__init__(amplitude=amplitude, frequency=frequency, phase=phase)


class Sine(Epoch):
    """Follow a sine, or a sum of several.

    Parameters
    ----------
    amplitude : difference of level
        From the centre to the crest.
    frequency : frequency
    duration : time
    label : str
    phase : float [cycles]
        At the start: 0 begins at the centre going up, 0.25 at the crest.
    about : level, optional
        The centre; the holding level by default.
    also : sequence of Tone
        Sines added to the first.

    Examples
    --------
    >>> print(Sine("20 pA", "5 Hz", "2 s", also=[Tone("10 pA", "12 Hz")]))
    sine 20 pA at 5 Hz and 10 pA at 12 Hz for 2 s
    """

    verb: Literal["sine"] = "sine"
    amplitude: Difference
    frequency: Frequency
    phase: Share = ZERO
    also: tuple[Tone, ...] = ()
    duration: Duration
    about: Level | None = None

    clauses: ClassVar[tuple[Clause, ...]] = (
        Clause("", "amplitude"),
        Clause("at", "frequency"),
        Clause("phase", "phase"),
        Clause("and", "also"),
        Clause("for", "duration"),
        Clause("about", "about"),
    )

    def __init__(
        self,
        amplitude: Any,
        frequency: Any,
        duration: Any,
        label: str = "",
        *,
        phase: Any = ZERO,
        about: Any = None,
        also: Sequence[Tone] = (),
    ) -> None:
        super().__init__(
            amplitude=amplitude,
            frequency=frequency,
            duration=duration,
            label=label,
            phase=phase,
            about=about,
            also=also,
        )

    @property
    def tones(self) -> tuple[Tone, ...]:
        """All the sines."""
        return (Tone(self.amplitude, self.frequency, self.phase), *self.also)

    def varying(self) -> Iterator[tuple[str, Series]]:
        """Yield every field that may differ between sweeps, those of the added sines too."""
        yield from super().varying()
        for tone in self.also:
            for name in Tone.model_fields:
                yield name, getattr(tone, name)

    def segments(self, place: Place) -> tuple[Segment, ...]:
        """Return one stretch, scaled by the largest amplitude, so that no weight is above 1."""
        sweep = place.sweep
        amplitudes = [tone.amplitude.at(sweep) for tone in self.tones]
        scale = max(amplitudes, key=abs) or 1.0
        shape = Sinusoid(
            tuple(
                (amplitude / scale, tone.frequency.at(sweep), tone.phase.at(sweep))
                for amplitude, tone in zip(amplitudes, self.tones, strict=True)
            )
        )
        centre = place.level(self.about)
        return (Segment(place.start, place.stop, centre, scale, shape, label=self.label),)

    def said(self) -> Iterator[tuple[str, str]]:
        """Yield the clauses, those of each added sine in its place."""
        for word, text in super().said():
            if word != "and":
                yield word, text
                continue
            for tone in self.also:
                yield word, str(tone.amplitude)
                yield "at", str(tone.frequency)
                if tone.phase != ZERO:
                    yield "phase", str(tone.phase)

    @classmethod
    def from_clauses(cls, pairs: Sequence[tuple[str, str]]) -> Self:
        """Make the epoch of a sentence's clauses; ``at`` and ``phase`` belong to the sine before.

        Raises
        ------
        ModelError
            A clause twice or missing, or a value that cannot be read.
        """
        fields = {"": "amplitude", "and": "amplitude", "at": "frequency", "phase": "phase"}
        tones: list[dict[str, str]] = []
        rest: dict[str, Any] = {}
        words = {"for": "duration", "about": "about", LABEL: "label"}
        for word, text in pairs:
            if word in {"", "and"}:
                tones.append({})
            into = tones[-1] if word in fields and tones else rest
            name = fields[word] if word in fields else words[word]
            if name in into:
                raise ModelError(f"{name} is given twice")
            into[name] = text
        for tone in tones:
            if "frequency" not in tone:
                raise ModelError("sine needs its frequency (after 'at') for each amplitude")
        first = tones[0] if tones else {}
        return cls.of({**first, **rest, "also": [Tone(**tone) for tone in tones[1:]]})


class Zap(Epoch):
    """Follow a sine whose frequency sweeps from one value to another: a chirp.

    Parameters
    ----------
    amplitude : difference of level
    start, stop : frequency
        At the start and at the end.
    duration : time
    label : str
    about : level, optional
        The centre; the holding level by default.
    spacing : {"linear", "exponential"}
        Whether the frequency grows by equal amounts or equal factors in equal times.

    References
    ----------
    Puil, Gimbarzevsky, Miura 1986 J Neurophysiol 55:995, https://doi.org/10.1152/jn.1986.55.5.995

    Examples
    --------
    >>> print(Zap("20 pA", "0.5 Hz", "40 Hz", "20 s", "zap"))
    zap 20 pA from 0.5 Hz to 40 Hz for 20 s as zap
    """

    verb: Literal["zap"] = "zap"
    amplitude: Difference
    start: Frequency
    stop: Frequency
    duration: Duration
    about: Level | None = None
    spacing: Literal["linear", "exponential"] = "linear"

    clauses: ClassVar[tuple[Clause, ...]] = (
        Clause("", "amplitude"),
        Clause("from", "start"),
        Clause("to", "stop"),
        Clause("for", "duration"),
        Clause("about", "about"),
        Clause("exponential", "spacing", "exponential"),
    )

    def __init__(
        self,
        amplitude: Any,
        start: Any,
        stop: Any,
        duration: Any,
        label: str = "",
        *,
        about: Any = None,
        spacing: Literal["linear", "exponential"] = "linear",
    ) -> None:
        super().__init__(
            amplitude=amplitude,
            start=start,
            stop=stop,
            duration=duration,
            label=label,
            about=about,
            spacing=spacing,
        )

    def segments(self, place: Place) -> tuple[Segment, ...]:
        """Return one stretch, scaled by the amplitude."""
        sweep = place.sweep
        shape = Chirp(
            self.start.at(sweep), self.stop.at(sweep), self.duration.at(sweep), self.spacing
        )
        centre, scale = place.level(self.about), self.amplitude.at(sweep)
        return (Segment(place.start, place.stop, centre, scale, shape, label=self.label),)
