"""Epochs that follow samples: noise, which a seed determines, and any waveform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema

from loligo.errors import ModelError
from loligo.protocol.epoch import Clause, Epoch, Place
from loligo.protocol.fields import Difference, Duration, Frequency, Interval, Level, Seed, Share
from loligo.protocol.noise import band_limited, one_pole
from loligo.protocol.segment import Segment
from loligo.protocol.series import Series, number
from loligo.protocol.shapes import Samples
from loligo.protocol.waveform import Waveform, as_waveform

ONE = Series((1.0,), "fraction")


class Noise(Epoch):
    """Fluctuate as Gaussian noise that a seed makes the same every time ("frozen").

    Parameters
    ----------
    deviation : difference of level
        Standard deviation.
    duration : time
    label : str
    correlation_time : time, optional
        Of noise low-passed by one pole (an Ornstein-Uhlenbeck process).
    bandwidth : frequency, optional
        Of white noise up to a frequency and nothing above. One of the two is needed.
    seed : int
        One for all sweeps, or one for each.
    interval : time
        Between samples, which straight lines join.
    about : level, optional
        The centre; the holding level by default.

    References
    ----------
    Uhlenbeck, Ornstein 1930 Phys Rev 36:823, https://doi.org/10.1103/PhysRev.36.823;
    Mainen, Sejnowski 1995 Science 268:1503, https://doi.org/10.1126/science.7770778

    Examples
    --------
    >>> print(Noise("20 pA", "1 s", correlation_time="3 ms", seed=1))
    noise 20 pA correlated 3 ms for 1 s seed 1 every 0.1 ms
    """

    verb: Literal["noise"] = "noise"
    deviation: Difference
    correlation_time: Interval | None = None
    bandwidth: Frequency | None = None
    duration: Duration
    seed: Seed
    interval: Interval
    about: Level | None = None

    clauses: ClassVar[tuple[Clause, ...]] = (
        Clause("", "deviation"),
        Clause("correlated", "correlation_time"),
        Clause("below", "bandwidth"),
        Clause("for", "duration"),
        Clause("seed", "seed"),
        Clause("every", "interval"),
        Clause("about", "about"),
    )

    def __init__(
        self,
        deviation: Any,
        duration: Any,
        label: str = "",
        *,
        seed: Any,
        correlation_time: Any = None,
        bandwidth: Any = None,
        interval: Any = "0.1 ms",
        about: Any = None,
    ) -> None:
        super().__init__(
            deviation=deviation,
            duration=duration,
            label=label,
            seed=seed,
            correlation_time=correlation_time,
            bandwidth=bandwidth,
            interval=interval,
            about=about,
        )

    def check(self, sweep: int) -> None:
        """Refuse samples too far apart for what they are to show."""
        if (self.correlation_time is None) == (self.bandwidth is None):
            raise ModelError(
                "noise is either 'correlated' over a time or white 'below' a frequency; give one"
            )
        interval, duration = self.interval.at(sweep), self.duration.at(sweep)
        if self.correlation_time is not None and interval > self.correlation_time.at(sweep) / 2:
            raise ModelError(
                f"noise correlated over {self.correlation_time} cannot be sampled every "
                f"{self.interval}; take at most half its correlation time"
            )
        if self.bandwidth is None or duration == 0:
            return
        if not 1 / duration <= self.bandwidth.at(sweep) < 0.5 / interval:
            raise ModelError(
                f"noise below {self.bandwidth} needs samples closer than half its shortest period "
                f"and a duration of its period or more; it has every {self.interval} "
                f"and {self.duration}"
            )

    def segments(self, place: Place) -> tuple[Segment, ...]:
        """Return one stretch, scaled by the standard deviation."""
        sweep = place.sweep
        seed, interval = int(self.seed.at(sweep)), self.interval.at(sweep)
        duration = self.duration.at(sweep)
        if self.correlation_time is not None:
            values = one_pole(seed, interval, duration, self.correlation_time.at(sweep))
        else:
            assert self.bandwidth is not None
            values = band_limited(seed, interval, duration, self.bandwidth.at(sweep))
        shape = Samples(interval, values, "linear")
        centre, scale = place.level(self.about), self.deviation.at(sweep)
        return (Segment(place.start, place.stop, centre, scale, shape, label=self.label),)


def _read_waveform(value: Any, info: ValidationInfo) -> Waveform:
    return as_waveform(value, info.field_name or "wave")


class Wave(Epoch):
    """Follow samples at a fixed interval.

    Parameters
    ----------
    waveform : Waveform, quantity array or text
        Samples, shape (time,) or (sweep, time); as text ``"0, 1, 2 mV"``, sweeps between ``|``.
    interval : time
        Between samples.
    label : str
    factor : float
        The samples are multiplied by it.
    interpolation : {"hold", "linear"}
        Whether a sample is held until the next, or straight lines join them. Held, the epoch lasts
        as many intervals as there are samples; joined, one less.

    Examples
    --------
    >>> print(Wave("0, 1, 0.5 nS", "0.1 ms", "conductance", factor=2))
    wave 0, 1, 0.5 nS every 0.1 ms times 2 as conductance
    """

    verb: Literal["wave"] = "wave"
    waveform: Annotated[
        Waveform,
        PlainValidator(_read_waveform),
        PlainSerializer(str, return_type=str),
        WithJsonSchema(
            {
                "type": "string",
                "description": "Samples with one unit; sweeps between '|'.",
                "examples": ["0, 1, 0.5 nS", "0, 1 mV | 0, 2 mV"],
            }
        ),
    ]
    interval: Interval
    factor: Share = ONE
    interpolation: Literal["hold", "linear"] = "hold"

    clauses: ClassVar[tuple[Clause, ...]] = (
        Clause("", "waveform"),
        Clause("every", "interval"),
        Clause("times", "factor"),
        Clause("joined", "interpolation", "linear"),
    )

    def __init__(
        self,
        waveform: Any,
        interval: Any,
        label: str = "",
        *,
        factor: Any = ONE,
        interpolation: Literal["hold", "linear"] = "hold",
    ) -> None:
        super().__init__(
            waveform=waveform,
            interval=interval,
            label=label,
            factor=factor,
            interpolation=interpolation,
        )

    def dimensions(self) -> Iterator[tuple[str, str]]:
        """Yield the dimension of the samples."""
        yield "waveform", self.waveform.dimension

    def counts(self) -> Iterator[tuple[str, int]]:
        """Yield for how many sweeps each varying field has values, the samples too."""
        yield from super().counts()
        if len(self.waveform.samples) > 1:
            yield "waveform", len(self.waveform.samples)

    def check(self, sweep: int) -> None:
        """Refuse a single sample that is to be joined to another."""
        if self.interpolation == "linear" and self.waveform.size(sweep) < 2:
            raise ModelError(
                f"sweep {sweep} has one sample at {number(self.interval.at(sweep))} ms; "
                "two or more are needed to join them"
            )

    def length(self, sweep: int) -> float:
        """Return the number of intervals times their length [ms]."""
        joined = 1 if self.interpolation == "linear" else 0
        return (self.waveform.size(sweep) - joined) * self.interval.at(sweep)

    def segments(self, place: Place) -> tuple[Segment, ...]:
        """Return one stretch, scaled by the factor."""
        sweep = place.sweep
        shape = Samples(self.interval.at(sweep), self.waveform.at(sweep), self.interpolation)
        offset = place.holding if self.waveform.above_holding else 0.0
        scale = self.factor.at(sweep)
        return (Segment(place.start, place.stop, offset, scale, shape, label=self.label),)
