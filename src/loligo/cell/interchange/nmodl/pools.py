"""`IonPool`: a concentration that a file computes from the current of an ion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loligo.cell.expression import Expression, Number, Symbol, substitute, symbols
from loligo.cell.expression.parse import FARADAY_CONSTANT
from loligo.cell.interchange.nmodl.algebra import NotLinear, linear
from loligo.cell.interchange.nmodl.laws import Laws
from loligo.cell.interchange.nmodl.names import CONCENTRATIONS, DEFAULT_CONCENTRATION, bare, kind
from loligo.cell.interchange.nmodl.phrases import formula, renamed
from loligo.cell.interchange.nmodl.syntax import Ion
from loligo.cell.pool import Pool


@dataclass(frozen=True, slots=True)
class IonPool:
    """A concentration whose rate of change depends on the current of its ion.

    Attributes
    ----------
    variable : str
        Such as ``"cai"``.
    ion : str
    valence : int
    current : str
        The symbol of the current in `rate`, in mA/cm2.
    rate : Expression
        [mM/ms]
    initial : float
        [mM]
    """

    variable: str
    ion: str
    valence: int
    current: str
    rate: Expression
    initial: float

    def pool(self, channels: Sequence[str]) -> Pool:
        """Return the pool that the currents of some channels of a cell fill.

        Parameters
        ----------
        channels : sequence of str
            Keys of the channels that carry the ion.

        Returns
        -------
        Pool
            A shell where the equation is that of one, else a derivative.
        """
        total: Expression = Number(0.0)
        for key in channels:
            total = total + Symbol(f"I_{key}")
        rate = substitute(self.rate, {self.current: 1e-3 * total})
        initial = f"{self.initial!r} mM"
        shell = self._shell(channels) if channels else None
        if shell is not None:
            return Pool(initial=initial, **shell)  # type: ignore[arg-type]
        return Pool(initial=initial, derivative=formula(rate, self.variable))  # type: ignore[arg-type]

    def _shell(self, channels: Sequence[str]) -> dict[str, object] | None:
        try:
            inflow, rest = linear(self.rate, self.current)
            leaving, source = linear(rest, self.variable)
        except NotLinear:
            return None
        numbers = [n.value for n in (inflow, leaving, source) if isinstance(n, Number)]
        if len(numbers) < 3:
            return None
        per_current, out, back = numbers
        if out >= 0 or back < 0 or per_current * self.valence >= 0:
            return None
        depth = -1e4 / (self.valence * FARADAY_CONSTANT * per_current)
        return {
            "currents": tuple(channels),
            "valence": self.valence,
            "depth": f"{depth!r} um",
            "decay": f"{-1.0 / out!r} ms",
            "rest": f"{-back / out!r} mM",
        }


def ion_pool(laws: Laws, variable: str, ion: Ion, valence: int) -> IonPool:
    """Return the pool that a variable written to an ion is.

    Raises
    ------
    ModelError
        It is no state, or its equation depends on other states.
    """
    held = laws.settled(laws.known[variable])
    if not isinstance(held, Symbol) or kind(held.name) != "s":
        raise laws.error(variable, f"{variable} must be a STATE, or be assigned one")
    state = bare(held.name)
    rate = laws.known.get(f"{state}'")
    if rate is None:
        raise laws.error(state, f"{variable} comes from reactions; only {state}' = ... is read")
    rate = laws.set_everywhere(rate, f"{state}'")
    rate = substitute(rate, {held.name: Symbol(f"i:{variable}")})
    others = sorted(bare(s) for s in symbols(rate) if kind(s) == "s")
    if others:
        raise laws.error(f"{state}'", f"{state}' depends on the state {others[0]!r}")
    current = f"i{ion.name}"
    if current in ion.writes:
        raise laws.error(
            variable, f"one file that writes {current} and {variable}; make a file of each"
        )
    default = CONCENTRATIONS.get(variable, DEFAULT_CONCENTRATION)
    written = laws.settled(laws.initial.get(state, Number(default)))
    if isinstance(written, Symbol) and written.name == f"i:{variable}":
        written = Number(default)
    if not isinstance(written, Number):
        raise laws.error(state, f"{state} must start from a number")
    return IonPool(variable, ion.name, valence, current, renamed(rate, {}), written.value)
