"""Independent gates as a Markov scheme, so that a channel can be simulated channel by channel."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import comb, prod
from typing import Any

from loligo.cell.cell import Cell
from loligo.cell.channel import Channel
from loligo.cell.gate import Gate
from loligo.cell.scheme import Scheme
from loligo.cell.shape import FUNCTION_OF, RateShape
from loligo.errors import ModelError, SelectionError, suggest

Law = float | RateShape | str


def scheme_of_gates(channel: Channel, single_channel_conductance: Any = None) -> Scheme:
    """Return the Markov scheme of a channel with independent gates.

    Parameters
    ----------
    channel : Channel
        Ohmic, its open fraction the product of its gates' powers.
    single_channel_conductance : quantity, optional
        Of one open channel.

    Returns
    -------
    Scheme
        One state for each number of open gates of each kind, named after them: ``m2h1`` has two
        of the m gates open and the h gate. In each step one gate opens or closes.

    Raises
    ------
    ModelError
        A channel of another kind, a gate that follows its steady state at once, or a start given
        for some of the gates only.

    Notes
    -----
    With k of n gates of a kind open the next one opens at ``(n - k) alpha`` and one closes at
    ``k beta`` [1]_. Deterministically it is the same channel.

    References
    ----------
    .. [1] Fitzhugh 1965, https://doi.org/10.1085/jgp.49.5.989

    Examples
    --------
    >>> from loligo.cell import catalogue, scheme_of_gates
    >>> axon = catalogue.load("hodgkin_huxley1952")
    >>> scheme = scheme_of_gates(axon.channel["k"], "20 pS")
    >>> scheme.states
    ('n0', 'n1', 'n2', 'n3', 'n4')
    >>> print(scheme.transitions[0])
    n0 <-> n1 : 4 * alpha_n, beta_n
    """
    _check(channel)
    gates = dict(channel.gate)
    warmings = {(gate.q10, gate.reference_temperature) for gate in gates.values()}
    q10, reference = next(iter(warmings)) if len(warmings) == 1 else (None, None)
    let: dict[str, RateShape | str] = {}
    for name, gate in gates.items():
        alpha, beta = _rates(gate)
        if len(warmings) > 1 and gate.q10 is not None:
            factor = f"exp(log({gate.q10}) * (temperature - ({gate.reference_temperature})) / 10)"
            alpha, beta = (f"({_text(law)}) * {factor}" for law in (alpha, beta))
        let |= {f"alpha_{name}": _written(alpha), f"beta_{name}": _written(beta)}
    numbers = [range(gate.power + 1) for gate in reversed(gates.values())]
    places = [tuple(reversed(place)) for place in product(*numbers)]
    written: dict[str, Any] = {
        "states": [_state(gates, place) for place in places],
        "open": {_state(gates, tuple(gate.power for gate in gates.values())): 1.0},
        "transitions": _transitions(gates, places),
        "let": let,
        "q10": q10,
        "reference_temperature": None if reference is None else f"{reference} degC",
        "single_channel_conductance": single_channel_conductance,
        "initial": _initial(gates, places),
    }
    return Scheme(**{name: value for name, value in written.items() if value is not None})


def with_schemes(cell: Cell, single_channel_conductances: Mapping[str, Any]) -> Cell:
    """Return a cell with Markov schemes in place of some channels' gates.

    Parameters
    ----------
    cell : Cell
    single_channel_conductances : mapping of str to quantity
        By channel, of one open channel; a channel that has a scheme keeps it.

    Returns
    -------
    Cell
        These channels can be simulated one by one; deterministically it is the same cell.

    Raises
    ------
    SelectionError
        There is no such channel.
    ModelError
        A channel whose gates make no scheme, see `scheme_of_gates`.

    Examples
    --------
    >>> from loligo.cell import catalogue, with_schemes
    >>> axon = with_schemes(catalogue.load("hodgkin_huxley1952"), {"na": "20 pS", "k": "20 pS"})
    >>> len(axon.channel["na"].scheme.states)
    8
    """
    written = cell.written()
    for name, conductance in single_channel_conductances.items():
        if name not in cell.channel:
            raise SelectionError(f"the cell has no channel {name!r}; {suggest(name, cell.channel)}")
        channel = cell.channel[name]
        if channel.scheme is not None:
            written["channel"][name]["scheme"]["single_channel_conductance"] = conductance
            continue
        try:
            scheme = scheme_of_gates(channel, conductance)
        except ModelError as error:
            raise ModelError(f"channel.{name}: {error}") from None
        del written["channel"][name]["gate"]
        written["channel"][name]["scheme"] = scheme.written()
    return Cell(**written)


def _check(channel: Channel) -> None:
    if channel.law != "ohmic":
        raise ModelError("channels are counted where there is a conductance and a reversal")
    if channel.scheme is not None:
        raise ModelError("it has a scheme already")
    if channel.gating is not None:
        raise ModelError("its gating is an expression; a scheme needs a product of gates")
    if not channel.gate:
        raise ModelError("it has no gates; a channel that is always open has no scheme")
    for name, gate in channel.gate.items():
        if gate.inf is not None and gate.tau is None:
            raise ModelError(f"gate.{name} follows its steady state at once; it has no rates")
    given = [name for name, gate in channel.gate.items() if gate.initial is not None]
    if given and len(given) < len(channel.gate):
        raise ModelError(f"a start is given for {', '.join(given)} only; give all gates' or none")


def _rates(gate: Gate) -> tuple[Law, Law]:
    if gate.alpha is not None and gate.beta is not None:
        return gate.alpha, gate.beta
    assert gate.inf is not None
    assert gate.tau is not None
    inf, tau = _text(gate.inf), _text(gate.tau)
    return f"({inf}) / ({tau})", f"(1 - ({inf})) / ({tau})"


def _text(law: Law) -> str:
    """Return a law as an expression in internal units."""
    if not isinstance(law, RateShape):
        return str(law)
    return f"{law.rate} * {FUNCTION_OF[law.kind]}((v - ({law.midpoint})) / {law.scale})"


def _written(law: Law) -> RateShape | str:
    return law if isinstance(law, RateShape) else str(law)


def _state(gates: Mapping[str, Gate], place: tuple[int, ...]) -> str:
    return "".join(f"{name}{number}" for name, number in zip(gates, place, strict=True))


def _transitions(gates: Mapping[str, Gate], places: list[tuple[int, ...]]) -> list[str]:
    found = []
    for index, (name, gate) in enumerate(gates.items()):
        for place in places:
            number = place[index]
            if number == gate.power:
                continue
            goal = (*place[:index], number + 1, *place[index + 1 :])
            rates = (f"{gate.power - number} * alpha_{name}", f"{number + 1} * beta_{name}")
            opening, closing = (rate.removeprefix("1 * ") for rate in rates)
            found.append(f"{_state(gates, place)} <-> {_state(gates, goal)} : {opening}, {closing}")
    return found


def _initial(gates: Mapping[str, Gate], places: list[tuple[int, ...]]) -> dict[str, float] | None:
    starts = [(gate.power, gate.initial) for gate in gates.values() if gate.initial is not None]
    if not starts:
        return None
    return {
        _state(gates, place): prod(
            comb(n, k) * x**k * (1.0 - x) ** (n - k)
            for (n, x), k in zip(starts, place, strict=True)
        )
        for place in places
    }
