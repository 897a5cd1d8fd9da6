"""`convergence`: whether a neuron is cut finely enough, and its steps are short enough.

A neuron is simulated as it is and refined twice or more; how fast what is recorded settles tells
the order of the method, and with it the error of the neuron as it is (Richardson). Where the order
is not the expected one, no error is given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.cell import Neuron
from loligo.engine.checks import listed, of_kind, positive
from loligo.engine.result import Simulation
from loligo.engine.settling import ORDER, ORDER_LOOKING_BACK, Settled, Settling, settling
from loligo.engine.simulate import simulate
from loligo.engine.stepper import longest_step
from loligo.errors import ModelError, SelectionError, suggest
from loligo.protocol import Protocol
from loligo.units import format_quantity

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Convergence:
    """How a simulation settles as compartments, or steps, get smaller.

    Attributes
    ----------
    neuron, protocol : str
        Their names.
    refined : str
        ``"compartments"`` or ``"dt"``.
    compartments : tuple of int
        How many at each refinement; the first is the neuron as it is.
    dt : tuple of float [ms]
        Longest step at each refinement.
    rows : tuple of Settling
        One for each recorded trace, and ``"spike times"``.
    simulations : tuple of Simulation
        The runs themselves.
    order : float
        Of the method in what was refined.
    """

    neuron: str
    protocol: str
    refined: str
    compartments: tuple[int, ...]
    dt: tuple[float, ...]
    rows: tuple[Settling, ...]
    simulations: tuple[Simulation, ...] = field(repr=False)
    order: float = ORDER

    @property
    def is_ok(self) -> bool:
        """Whether everything settles at the expected order."""
        return all(row.is_ok for row in self.rows)

    def __getitem__(self, name: str) -> Settling:
        """Return what is known of a trace, or of ``"spike times"``."""
        table = {row.name: row for row in self.rows}
        if name not in table:
            raise SelectionError(f"nothing called {name!r} was compared; {suggest(name, table)}")
        return table[name]

    def __repr__(self) -> str:
        if self.refined == "compartments":
            told = ", ".join(map(str, self.compartments)) + " compartments"
        else:
            told = "dt " + ", ".join(format_quantity(step, "ms") for step in self.dt)
        lines = [f"Convergence of {self.neuron!r} under {self.protocol!r}: {told}"]
        width = max(len(row.name) for row in self.rows)
        return "\n".join(
            [*lines, *(f"  {row.name:<{width}}  {row.in_words()}" for row in self.rows)]
        )


def convergence(
    neuron: Neuron,
    protocol: Protocol,
    *,
    at: str | Sequence[str] | None = None,
    record: Sequence[str] = ("v",),
    refine: Sequence[int] | None = None,
    dt: Any = None,
    sampling: Any = "0.1 ms",
    spikes: bool = False,
    in_time: bool = False,
    **options: Any,
) -> Convergence:
    """Simulate a neuron as it is and refined, and estimate the error of the neuron as it is.

    Parameters
    ----------
    neuron : Neuron
    protocol : Protocol
    at, record, sampling, spikes, options
        As of `simulate`. A site means the centre of its compartment in the neuron as it is, and
        stays there.
    refine : sequence of int, optional
        By what the number of compartments of every branch, or the number of steps, is multiplied:
        a geometric row from 1 on, ``(1, 3, 9)`` for compartments, ``(1, 2, 4)`` in time by default.
        Of compartments odd, so that every centre stays the centre of one.
    dt : quantity, optional
        Longest step, by default 0.025 ms. Where compartments are refined it stays as it is.
    in_time : bool
        Refine `dt` instead of the compartments.

    Returns
    -------
    Convergence

    Raises
    ------
    ModelError
        Factors that do not fit.
    SelectionError, UnitError, SimulationError
        As of `simulate`.

    Notes
    -----
    With ``u_k`` the result at the refinement ``r^k``, the observed order is ``log_r`` of
    ``|u_0 - u_1| / |u_1 - u_2|`` (of the last three where there are more), and, the method being of
    order 2, ``u_0 - u_n - (u_n - u_(n-1)) / (r^2 - 1)`` estimates the error of ``u_0``. Steps that
    look back (``method="multistep"``) are of order 3.
    Norms are over time, cells and sweeps: root mean square for the order, and the largest besides.

    References
    ----------
    Roache 1994 J Fluids Eng 116:405, https://doi.org/10.1115/1.2910291

    Examples
    --------
    >>> from loligo import Protocol
    >>> from loligo.cell import Membrane, Neuron
    >>> from loligo.cell.morphology import cable
    >>> leak = {"leak": {"conductance": "0.05 mS/cm2", "reversal": "-65 mV"}}
    >>> axon = Neuron(
    ...     "a cable",
    ...     cable("1 mm", "2 um"),
    ...     Membrane(capacitance="1 uF/cm2", channel=leak),
    ...     axial_resistivity="150 ohm cm",
    ...     temperature="6.3 degC",
    ...     initial_potential="-65 mV",
    ... )
    >>> step = Protocol("step", ["hold for 20 ms"], holding="10 pA")
    >>> found = convergence(axon, step, at="axon(0.5)", record=["v at axon(0.5)"])
    >>> found["v at axon(0.5)"].status.value
    'ok'
    """
    of_kind("neuron", neuron, Neuron)
    names = listed("record", record)
    factors = _factors(refine, in_time=in_time)
    sites = [at] if isinstance(at, str) else list(at or [neuron.morphology.branches[0].name])
    if not in_time:
        _check_extensive(protocol, names)
    kept = {name: _fixed_name(neuron, name, sites[0]) for name in names}
    cut = neuron.compartments
    counts = dict(
        zip(neuron.morphology.index, np.bincount(cut.branch).astype(int).tolist(), strict=True)
    )
    base = _base_step(dt, sampling, names)
    options = {"threads": None, **options}
    neurons, steps, runs = [], [], []
    for factor in factors:
        finer = {name: factor * n for name, n in counts.items()}
        neurons.append(neuron if in_time else neuron.with_(counts=finer))
        steps.append(base / factor if in_time else base)
        run = simulate(
            neurons[-1], protocol, at=[_fixed(neuron, site) for site in sites],
            record=list(kept.values()), dt=f"{steps[-1]!r} ms", sampling=sampling, spikes=spikes,
            **options,
        )  # fmt: skip
        runs.append(run)
    looks_back = in_time and options.get("method") == "multistep"
    order = ORDER_LOOKING_BACK if looks_back else ORDER
    rows = [
        settling(name, runs[0].units[key], [run[key] for run in runs], factors[1], order)
        for name, key in kept.items()
    ]
    if spikes:
        rows.append(_spike_times(runs, factors[1], order))
    return Convergence(
        neuron=neuron.name,
        protocol=protocol.name,
        refined="dt" if in_time else "compartments",
        compartments=tuple(each.compartments.n_compartments for each in neurons),
        dt=tuple(steps),
        rows=tuple(rows),
        simulations=tuple(runs),
        order=order,
    )


def _factors(given: Sequence[int] | None, *, in_time: bool) -> tuple[int, ...]:
    """Return the factors of refinement, checked.

    Raises
    ------
    ModelError
        They are no geometric row from 1 on, or even for compartments.
    """
    factors = tuple(given) if given is not None else ((1, 2, 4) if in_time else (1, 3, 9))
    whole = all(isinstance(factor, int | np.integer) for factor in factors)
    if (
        len(factors) < 3
        or not whole
        or factors[0] != 1
        or factors[1] < 2
        or any(b != a * factors[1] for a, b in pairwise(factors))
    ):
        raise ModelError(
            f"refine = {factors}; give three or more whole numbers from 1 on, each the same "
            "multiple of the one before, such as (1, 3, 9)"
        )
    if not in_time and factors[1] % 2 == 0:
        raise ModelError(
            f"refine = {factors}; compartments are refined by odd factors, such as (1, 3, 9), so "
            "that the centre of each stays the centre of one"
        )
    return factors


def _check_extensive(protocol: Protocol, names: Sequence[str]) -> None:
    """Refuse what is a compartment's own and shrinks with it.

    Raises
    ------
    ModelError
    """
    if protocol.dimension == "current_density":
        raise ModelError(
            "a current density is injected into one compartment, so that its current shrinks with "
            "it; command a current (pA)"
        )
    for name in names:
        if name.startswith("i.") and name.partition(" at ")[0].strip() != "i.clamp":
            raise ModelError(
                f"{name!r} is the current of one compartment, which shrinks with it; record 'v', a "
                "gate, a pool or 'i.clamp'"
            )


def _fixed(neuron: Neuron, site: str) -> str:
    """Return the site of the centre of a site's compartment."""
    cut = neuron.compartments
    place = cut.at(site)
    name = neuron.morphology.branches[int(cut.branch[place])].name
    return f"{name}({float(cut.position[place])!r})"


def _fixed_name(neuron: Neuron, name: str, first: str) -> str:
    """Return the name of a trace with its site written as a compartment's centre."""
    quantity, _, site = (part.strip() for part in name.partition(" at "))
    return f"{quantity} at {_fixed(neuron, site or first)}"


def _base_step(dt: Any, sampling: Any, names: Sequence[str]) -> float:
    """Return the longest step [ms], so that it divides the interval between samples."""
    step = longest_step("staggered", dt)
    if not names:
        return step
    interval = positive("sampling", sampling, "ms")
    return interval / math.ceil(interval / step - 1e-9)


def _spike_times(runs: Sequence[Simulation], ratio: float, order: float) -> Settling:
    """Return how the times of spikes settle."""
    name = "spike times"
    found = [run.spikes for run in runs]
    counts = [times.size for times, _, _ in found]
    if counts[0] == 0 == max(counts):
        return Settling(name, "ms", Settled.NOTHING, reason="there is no spike")
    same = all(
        np.array_equal(cells, found[0][1]) and np.array_equal(sweeps, found[0][2])
        for _, cells, sweeps in found
    )
    if not same:
        told = f"{', '.join(map(str, counts))} spikes when refined"
        return Settling(name, "ms", Settled.SPIKES_DIFFER, reason=told)
    return settling(name, "ms", [times for times, _, _ in found], ratio, order)
