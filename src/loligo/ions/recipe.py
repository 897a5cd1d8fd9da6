"""`Recipe`: what is weighed in, and the solution that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from loligo.errors import ModelError, UnitError, suggest
from loligo.ions.acids import ACIDS, METALS
from loligo.ions.chelation import Chelation, chelation
from loligo.ions.compounds import NEUTRAL, TITRANTS, parts, strong_ion
from loligo.ions.equilibrium import charge_text
from loligo.ions.given import amount_of, neutral, temperature_of
from loligo.ions.solution import Dissolved, Solution

TOLERANCE = 5e-3
"""Share of all charge that a recipe without adjustment may leave: published ones are rounded."""
_ROUNDS = 100
_SETTLED = 1e-12


@dataclass(frozen=True)
class Recipe:
    """What a solution is made of.

    Attributes
    ----------
    name : str
    compounds : mapping of str to float [mM]
        Chemicals, see `loligo.ions.compounds.COMPOUNDS`.
    ions : mapping of str to float [mM]
        Free ions, for solutions that are known by analysis.
    ph : float or None
        Needed where something binds protons.
    adjusted_with : str
        Base or acid that sets the pH, see `TITRANTS`; how much follows from neutrality.
    balanced_with : str
        Ion that makes it neutral, where the rest is known.
    temperature : float [degC]
    source, notes : str
    """

    name: str
    compounds: Mapping[str, float] = field(default_factory=dict)
    ions: Mapping[str, float] = field(default_factory=dict)
    ph: float | None = None
    adjusted_with: str = ""
    balanced_with: str = ""
    temperature: float = 22.0
    source: str = ""
    notes: str = ""

    @classmethod
    def of(cls, **written: Any) -> Recipe:
        """Return a recipe of quantities, as a file has them.

        Examples
        --------
        >>> saline = Recipe.of(name="saline", compounds={"NaCl": "150 mM"})
        >>> saline.solution().osmolarity()
        300.0
        """
        known = set(cls.__dataclass_fields__)
        for key in written:
            if key not in known:
                raise ModelError(f"unknown key {key!r}; {suggest(key, known)}")
        read = dict(written)
        for table in ("compounds", "ions"):
            given = written.get(table, {})
            if not isinstance(given, Mapping):
                raise ModelError(f"{table} = {given!r}; a table of names and concentrations")
            read[table] = {name: amount_of(value, name) for name, value in given.items()}
        if "temperature" in written:
            read["temperature"] = temperature_of(written["temperature"])
        ph = written.get("ph")
        if ph is not None and not (isinstance(ph, int | float) and 0 <= ph <= 14):
            raise UnitError(f"ph = {ph!r}; a number from 0 to 14")
        return cls(**read)

    def with_(self, **changes: Any) -> Recipe:
        """Return a changed recipe; ``with_(CaCl2="1 mM", ph=7.2)`` sets a compound and a field."""
        known = {k: v for k, v in changes.items() if k in self.__dataclass_fields__}
        added = {k: amount_of(v, k) for k, v in changes.items() if k not in known}
        if "temperature" in known:
            known["temperature"] = temperature_of(known["temperature"])
        base = replace(self, **known)
        return replace(base, compounds={**base.compounds, **added})

    def plus(self, compounds: Mapping[str, Any]) -> Recipe:
        """Return a recipe with more of some compounds, in quantities.

        >>> saline = Recipe.of(name="saline", compounds={"NaCl": "150 mM"})
        >>> dict(saline.plus({"NaCl": "4 mM", "glucose": "10 mM"}).compounds)
        {'NaCl': 154.0, 'glucose': 10.0}
        """
        more = {name: amount_of(value, name) for name, value in compounds.items()}
        sums = {name: self.compounds.get(name, 0.0) + amount for name, amount in more.items()}
        return replace(self, compounds={**self.compounds, **sums})

    def solution(self) -> Solution:
        """Return the solution at equilibrium.

        Raises
        ------
        SelectionError
            A compound or ion that is not known.
        ModelError
            No pH though something binds protons; charges that do not cancel with nothing to adjust
            them with; less than nothing of what they are adjusted with.

        Notes
        -----
        Protons bind by the pH, metals by mass action; the ionic strength that the constants depend
        on, and how much acid or base the pH takes, are found together.
        """
        strong, acids, plain = _sorted(self)
        if acids and self.ph is None:
            raise ModelError(f"{self.name}: {sorted(acids)[0]} binds protons; give the ph")
        _check_adjustment(self)
        metals = {metal: strong.pop(metal) for metal in METALS if metal in strong}
        strength, added = 0.15, 0.0
        for _ in range(_ROUNDS):
            bound = _bound(self, acids, metals, strength)
            ions = _with_added(self, strong, added)
            particles = _particles(ions, plain, bound)
            added += _missing(self, particles)
            ions = _with_added(self, strong, added)
            particles = _particles(ions, plain, bound)
            new = 5e-4 * sum(one.valence**2 * one.concentration for one in particles)
            if abs(new - strength) < _SETTLED:
                break
            strength = new
        return self._made(particles, added)

    def _made(self, particles: list[Dissolved], added: float) -> Solution:
        adjusting = self.adjusted_with or self.balanced_with
        if added < -_SETTLED and self.adjusted_with != "CO2":
            acid = self.adjusted_with == "HCl"
            hint = "a base (KOH, NaOH, CsOH)" if acid else "an acid (HCl)"
            if self.balanced_with:
                hint = "an ion of the other sign"
            raise ModelError(
                f"{self.name}: {added:.4g} mM of {adjusting} would be needed; adjust it with {hint}"
            )
        for one in particles:
            if one.concentration < 0:
                raise ModelError(f"{self.name}: {one.name} would be {one.concentration:.4g} mM")
        total = sum(abs(one.valence) * one.concentration for one in particles)
        charge = sum(one.valence * one.concentration for one in particles)
        neutral(total, charge, TOLERANCE, self.name)
        return Solution(
            name=self.name,
            dissolved=tuple(particles),
            temperature=self.temperature,
            ph=self.ph,
            adjusted=added,
            adjusted_with=adjusting,
            source=self.source,
            notes=self.notes,
        )


def _sorted(recipe: Recipe) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Return totals [mM] of ions, of acids and of neutral molecules."""
    strong: dict[str, float] = {}
    acids: dict[str, float] = {}
    plain: dict[str, float] = {}
    totals: dict[str, float] = {}
    for compound, amount in recipe.compounds.items():
        for part, count in parts(compound).items():
            totals[part] = totals.get(part, 0.0) + count * amount
    for ion, amount in recipe.ions.items():
        totals[ion] = totals.get(ion, 0.0) + amount
    for part, amount in totals.items():
        if part in ACIDS:
            acids[part] = amount
        elif part in NEUTRAL:
            plain[part] = amount
        else:
            strong_ion(part)
            strong[part] = amount
    return strong, acids, plain


def _check_adjustment(recipe: Recipe) -> None:
    if recipe.adjusted_with and recipe.balanced_with:
        raise ModelError(f"{recipe.name}: give adjusted_with or balanced_with, not both")
    if recipe.adjusted_with and recipe.adjusted_with not in TITRANTS:
        hint = suggest(recipe.adjusted_with, TITRANTS)
        raise ModelError(f"{recipe.name}: adjusted_with = {recipe.adjusted_with!r}; {hint}")
    if recipe.balanced_with:
        strong_ion(recipe.balanced_with)


def _bound(
    recipe: Recipe, acids: Mapping[str, float], metals: Mapping[str, float], strength: float
) -> Chelation:
    if recipe.ph is None:
        return Chelation(free=dict(metals), total=dict(metals), forms=())
    return chelation(acids, metals, recipe.ph, recipe.temperature, strength)


def _adjusting(recipe: Recipe) -> str:
    return TITRANTS[recipe.adjusted_with] if recipe.adjusted_with else recipe.balanced_with


def _with_added(recipe: Recipe, strong: Mapping[str, float], added: float) -> dict[str, float]:
    ion = _adjusting(recipe)
    return {**strong, ion: strong.get(ion, 0.0) + added} if ion else dict(strong)


def _missing(recipe: Recipe, particles: list[Dissolved]) -> float:
    """Return how much more of the adjusting ion makes the solution neutral [mM]."""
    ion = _adjusting(recipe)
    if not ion:
        return 0.0
    return -sum(one.valence * one.concentration for one in particles) / strong_ion(ion)[0]


def _particles(
    ions: Mapping[str, float], plain: Mapping[str, float], bound: Chelation
) -> list[Dissolved]:
    found = []
    for ion, amount in {**ions, **bound.free}.items():
        valence, known = strong_ion(ion)
        found.append(Dissolved(ion, valence, amount, known))
    merged: dict[str, Dissolved] = {}
    for form in bound.forms:
        charge = charge_text(form.valence) if form.valence else "0"
        name = f"{form.metal}{form.acid}({charge})"
        table = ACIDS[form.acid].mobility
        known = table.get(form.valence, next(iter(table.values()))) if form.valence else ""
        merged[name] = Dissolved(name, form.valence, form.concentration, known)
    found += merged.values()
    found += [Dissolved(name, 0, amount) for name, amount in plain.items()]
    return found
