"""Where a recording comes from, what is known about it and how, and what was done to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from loligo.errors import SelectionError, suggest
from loligo.recording.samples import Samples


class Basis(StrEnum):
    """How a fact about a recording is known."""

    STATED = "stated"
    """The file says it."""
    INFERRED = "inferred"
    """Evidence in the file determines it; the evidence is said."""
    GIVEN = "given"
    """The caller passed it as an option."""
    UNKNOWN = "unknown"
    """The file does not hold it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about a recording and how it is known."""

    subject: str
    value: str
    basis: Basis
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction of the data: what, how much, and whether it is already in the values.

    A correction that is recorded as applied cannot be applied twice to a sweep.

    Attributes
    ----------
    name : str
        A glossary name, such as ``liquid_junction_potential``.
    channel : str
    value : float
        In the internal unit of the glossary entry.
    applied : bool
    definition : str
        Sign convention and method, in words.
    low, high : float or None
        Ends of the 95 % interval of the value, where it is known.
    source : str
        Where the value came from.
    sweeps : tuple of int or None
        Indices of the sweeps it holds for; all where ``None``.
    parameters : mapping of glossary name to float
        What else was used, in internal units.
    reversible : bool
        Whether the recording keeps the channel as it was, so that it can be taken back.
    """

    name: str
    channel: str
    value: float
    applied: bool
    definition: str
    low: float | None = None
    high: float | None = None
    source: str = ""
    sweeps: tuple[int, ...] | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    reversible: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", dict(self.parameters))

    def holds_for(self, sweeps: Iterable[int] | None) -> bool:
        """Tell whether it holds for any of some sweeps (``None`` for all)."""
        if self.sweeps is None or sweeps is None:
            return True
        return not set(self.sweeps).isdisjoint(sweeps)


@dataclass(frozen=True, eq=False, slots=True)
class TrueTrace:
    """What was really there at the times of the samples.

    Attributes
    ----------
    samples : tuple of Samples
        One for each sweep.
    unit : str
    sampling_rate : float [kHz]
    """

    samples: tuple[Samples, ...]
    unit: str
    sampling_rate: float

    def values(self, sweep: int) -> NDArray[np.float64]:
        """Load the samples of a sweep, counted from 0."""
        return np.asarray(self.samples[sweep][:], dtype=np.float64)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, TrueTrace)
            and (self.unit, self.sampling_rate) == (other.unit, other.sampling_rate)
            and len(self.samples) == len(other.samples)
            and all(
                np.array_equal(self.values(i), other.values(i), equal_nan=True)
                for i in range(len(self.samples))
            )
        )

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Truth:
    """What a simulation knows and a rig never sees, kept beside the recording.

    Attributes
    ----------
    parameters : mapping of glossary name to float
        In internal units; what is the same in all sweeps.
    description : str
        The cell and rig, in words.
    traces : mapping of str to TrueTrace
        Potential, gates and so on, by name.
    by_sweep : mapping of glossary name to tuple of float
        What changes from sweep to sweep, one number for each; NaN where there is none.
    """

    parameters: Mapping[str, float]
    description: str = ""
    traces: Mapping[str, TrueTrace] = field(default_factory=dict)
    by_sweep: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", dict(self.parameters))
        object.__setattr__(self, "traces", dict(self.traces))
        told = {name: tuple(values) for name, values in self.by_sweep.items()}
        object.__setattr__(self, "by_sweep", told)

    def value(self, name: str, sweep: int) -> float:
        """Return a parameter in a sweep, counted from 0, whether it changes or not.

        Raises
        ------
        SelectionError
            There is no such parameter or sweep.
        """
        if name in self.parameters:
            return self.parameters[name]
        if name not in self.by_sweep:
            known = (*self.parameters, *self.by_sweep)
            raise SelectionError(f"the truth has no {name!r}; {suggest(name, known)}")
        if not 0 <= sweep < len(self.by_sweep[name]):
            raise SelectionError(f"no sweep {sweep}; there are {len(self.by_sweep[name])}")
        return self.by_sweep[name][sweep]

    def of_sweeps(self, sweeps: Sequence[int]) -> Truth:
        """Return the truth of some sweeps, in the order given."""
        return replace(
            self,
            traces={
                name: replace(trace, samples=tuple(trace.samples[i] for i in sweeps))
                for name, trace in self.traces.items()
            },
            by_sweep={n: tuple(values[i] for i in sweeps) for n, values in self.by_sweep.items()},
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """The animal or donor, in NWB's terms; empty text means unknown."""

    subject_id: str = ""
    species: str = ""
    sex: str = ""
    age: str = ""
    date_of_birth: str = ""
    description: str = ""
    genotype: str = ""
    strain: str = ""
    weight: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """The file a recording was read from and what the file says of its making.

    Attributes
    ----------
    source : str
        File name, or ``"arrays"`` / ``"simulation"``.
    format : str
        With version: ``"ABF 2.6"``.
    reader : str
        Libraries that read it, with version.
    creator : str
        Program that made the file.
    protocol : str
        Name of the protocol or stimulus set.
    identifier : str
        The file's own unique identifier.
    comment : str
    experimenter, institution, lab : str
    subject : Subject
    history : tuple of str
        What was done since: conversions, joins, corrections, in order.
    extra : mapping of str to str
        Further metadata of the file, verbatim.
    """

    source: str
    format: str = ""
    reader: str = ""
    creator: str = ""
    protocol: str = ""
    identifier: str = ""
    comment: str = ""
    experimenter: tuple[str, ...] = ()
    institution: str = ""
    lab: str = ""
    subject: Subject = field(default_factory=Subject)
    history: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
