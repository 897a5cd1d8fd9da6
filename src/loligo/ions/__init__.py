"""Ions and solutions: what follows from concentrations alone.

Modules hold functions on arrays in internal units, a topic each; the names below take quantities,
names of ions and solutions.
"""

from loligo.ions.chelation import apparent_constant, chelation
from loligo.ions.equilibrium import DrivingForce
from loligo.ions.junction import (
    henderson,
    henderson_potential,
    liquid_junction_potential,
)
from loligo.ions.mobility import MOBILITIES, Mobility, mobility
from loligo.ions.potentials import (
    donnan_equilibrium,
    driving_force,
    goldman,
    nernst,
    reversal_potentials,
)
from loligo.ions.recipe import Recipe
from loligo.ions.solution import Solution
from loligo.ions.solutions import standard_recipe, standard_solution
from loligo.ions.species import Species, species

__all__ = [
    "MOBILITIES",
    "DrivingForce",
    "Mobility",
    "Recipe",
    "Solution",
    "Species",
    "apparent_constant",
    "chelation",
    "donnan_equilibrium",
    "driving_force",
    "goldman",
    "henderson",
    "henderson_potential",
    "liquid_junction_potential",
    "mobility",
    "nernst",
    "reversal_potentials",
    "species",
    "standard_recipe",
    "standard_solution",
]
