"""What binds protons, calcium and magnesium in solutions: buffers, chelators, nucleotides.

Constants of association, each with its enthalpy, at one temperature and ionic strength; here they
are brought to others.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from loligo.ions.activity import davies_function
from loligo.ions.thermal import GAS_CONSTANT, ZERO_CELSIUS
from loligo.ions.water import debye_hueckel_constants

METALS = {"Ca": 2, "Mg": 2}
"""What is bound besides protons, with its valence."""
_KILOCALORIE = 4.184

NIST = (
    "Smith, Martell, Motekaitis: NIST Standard Reference Database 46, critically selected "
    "stability constants; 25 degC, 0.1 M"
)
TSIEN = (
    "Tsien 1980 Biochemistry 19:2396, https://doi.org/10.1021/bi00552a018; 22 degC, 0.1 M. "
    "Enthalpy of calcium so that its affinity at pH 7 rises with temperature about as that of "
    "EGTA does: Harrison, Bers 1987 Biochim Biophys Acta 925:133, "
    "https://doi.org/10.1016/0304-4165(87)90102-4"
)
GOLDBERG = (
    "Goldberg, Kishore, Lennen 2002 J Phys Chem Ref Data 31:231, "
    "https://doi.org/10.1063/1.1416902; 25 degC, no salt"
)


@dataclass(frozen=True, slots=True)
class Association:
    """One step of binding.

    Attributes
    ----------
    logarithm : float
        Decadic, of the constant [1/M].
    enthalpy : float [kJ/mol]
    """

    logarithm: float
    enthalpy: float = 0.0


@dataclass(frozen=True, slots=True)
class Acid:
    """Something that binds protons, and maybe metals.

    Attributes
    ----------
    name : str
    valence : int
        Without any proton that these constants are of.
    protons : tuple of Association
        Of the first proton, the second and so on.
    metals : dict of (metal, protons) to Association
        Of a metal to the form with so many protons.
    temperature : float [degC]
    strength : float [mol/l]
        Ionic strength that the constants are for.
    source : str
    mobility : str
        Under which name mobilities have it; by charge where there are several.
    """

    name: str
    valence: int
    protons: tuple[Association, ...]
    metals: dict[tuple[str, int], Association]
    temperature: float
    strength: float
    source: str
    mobility: dict[int, str]

    def logarithm(
        self, step: Association, charges: int, temperature: float, strength: float
    ) -> float:
        """Return a constant's logarithm at another temperature [degC] and ionic strength [mol/l].

        Parameters
        ----------
        step : Association
        charges : int
            Product of the valences of what associates.
        temperature, strength : float

        Notes
        -----
        Van't Hoff's equation with a constant enthalpy; Davies' equation for all forms.
        """
        change = (
            2.0
            * charges
            * (_coefficient(temperature, strength) - _coefficient(self.temperature, self.strength))
        )
        here, there = temperature + ZERO_CELSIUS, self.temperature + ZERO_CELSIUS
        warming = 1e3 * step.enthalpy / (GAS_CONSTANT * log(10.0)) * (1.0 / here - 1.0 / there)
        return step.logarithm + change - warming

    def forms(
        self, proton: float, temperature: float, strength: float
    ) -> dict[tuple[str, int], tuple[int, float]]:
        """Return all forms: how they are charged, and how much of each there is.

        Parameters
        ----------
        proton : float [M]
            Concentration of protons.
        temperature, strength : float

        Returns
        -------
        dict of (metal or "", protons) to (valence, weight)
            Weights are relative to the form with nothing bound, those with a metal per its free
            concentration [M].
        """
        found = {("", 0): (self.valence, 1.0)}
        weight = 1.0
        for bound, step in enumerate(self.protons):
            charge = self.valence + bound
            weight *= proton * 10.0 ** self.logarithm(step, charge, temperature, strength)
            found["", bound + 1] = (charge + 1, weight)
        for (metal, bound), step in self.metals.items():
            charge, free = found["", bound]
            power = self.logarithm(step, charge * METALS[metal], temperature, strength)
            found[metal, bound] = (charge + METALS[metal], free * 10.0**power)
        return found


def _coefficient(temperature: float, strength: float) -> float:
    return debye_hueckel_constants(temperature).a * float(davies_function(strength))


def _calories(logarithm: float, kilocalories: float = 0.0) -> Association:
    return Association(logarithm, _KILOCALORIE * kilocalories)


def _buffer(
    name: str, valence: int, logarithm: float, enthalpy: float, mobility: dict[int, str]
) -> Acid:
    """Return a buffer with one proton; `enthalpy` is that of its dissociation."""
    steps = (Association(logarithm, -enthalpy),)
    return Acid(name, valence, steps, {}, 25.0, 0.0, GOLDBERG, mobility)


def _nucleotide(name: str, source: str) -> Acid:
    protons = (_calories(6.48, 0.5), _calories(3.99, -3.6))
    metals = {
        ("Ca", 0): _calories(3.86, 3.2),
        ("Ca", 1): _calories(2.16, 1.9),
        ("Mg", 0): _calories(4.19, 4.4),
        ("Mg", 1): _calories(2.32, 2.3),
    }
    return Acid(name, -4, protons, metals, 25.0, 0.1, source, {0: "ATP"})


_TABLE = (
    Acid(
        "EGTA",
        -4,
        (_calories(9.40, -5.6), _calories(8.79, -5.6), _calories(2.70, -2.6)),
        {
            ("Ca", 0): _calories(10.86, -7.9),
            ("Ca", 1): _calories(5.307),
            ("Mg", 0): _calories(5.28, 5.5),
            ("Mg", 1): _calories(3.47),
        },
        25.0,
        0.1,
        NIST,
        {0: "EGTA"},
    ),
    Acid(
        "BAPTA",
        -4,
        (Association(6.36), Association(5.47)),
        {("Ca", 0): Association(6.97, 17.0), ("Mg", 0): Association(1.77)},
        22.0,
        0.1,
        TSIEN,
        {0: "EGTA"},
    ),
    _nucleotide("ATP", NIST),
    _nucleotide("GTP", f"as ATP, from which nucleotides hardly differ: {NIST}"),
    _buffer("HEPES", -1, 7.564, 20.4, {0: "HEPES"}),
    _buffer("MOPS", -1, 7.184, 21.1, {0: "MOPS"}),
    _buffer("MES", -1, 6.270, 14.8, {0: "MES"}),
    _buffer("Tris", 0, 8.072, 47.45, {0: "Tris"}),
    _buffer("phosphate", -2, 7.198, 3.6, {-1: "H2PO4", -2: "HPO4"}),
)

ACIDS = {acid.name: acid for acid in _TABLE}
"""By name. The mobility of EGTA stands for all its forms and for BAPTA, that of ATP for GTP."""
