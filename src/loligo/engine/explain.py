"""`generated_source`: what a simulation will compute, as the source that it would run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from loligo.cell import Cell
from loligo.engine import lanes, plain, scalar
from loligo.engine.assemble import assemble
from loligo.engine.checks import one_of
from loligo.engine.simulate import options_of, parameters_of
from loligo.engine.stepper import Target
from loligo.protocol import Protocol


def generated_source(
    cell: Cell,
    protocol: Protocol,
    *,
    target: Target = "twin",
    record: Sequence[str] = ("v",),
    parameters: Mapping[str, Any] | None = None,
    temperature: Any = None,
    series_resistance: Any = None,
    reversal: Any = None,
    spikes: bool = False,
    features: Sequence[str] = (),
    rule: Literal["trapezoidal", "exact"] | None = None,
    precision: Literal["double", "single"] = "double",
) -> str:
    """Return the source that `simulate` would run.

    Parameters
    ----------
    cell : Cell
    protocol : Protocol
    target : {"twin", "kernel", "cuda"}
        Plain NumPy, which reads best; the kernel for the processor, for many cells; or for an
        NVIDIA graphics card. None is compiled, and no card is needed.
    record, parameters, temperature, series_resistance, reversal, spikes, features, rule, precision
        As for `simulate`: all that the source depends on.

    Returns
    -------
    str
        A Python module.

    Raises
    ------
    ModelError, SelectionError, UnitError
        As `simulate` does.

    Examples
    --------
    >>> from loligo.cell import catalogue
    >>> from loligo.protocol import Protocol
    >>> axon = catalogue.load("hodgkin_huxley1952")
    >>> pulse = Protocol("pulse", ["step 10 uA/cm2 for 50 ms"], holding="0 uA/cm2")
    >>> source = generated_source(axon, pulse)
    >>> [line.strip() for line in source.splitlines() if line.startswith("    v_next")]
    ['v_next = v + h * v_rest * (1.0 / v_below)']
    """
    one_of("target", target, get_args(Target))
    equations, values, _ = parameters_of(
        cell, protocol, dict(parameters or {}), temperature, series_resistance, reversal
    )
    options = options_of(protocol, equations, values, record=record, features=features, rule=rule)
    system = assemble(equations, options)
    if target == "twin":
        return plain.source(system)
    if target == "cuda":
        return scalar.source(system, spikes=spikes, precision=precision)
    return lanes.source(system, spikes=spikes, precision=precision)
