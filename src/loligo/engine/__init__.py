"""From a described cell to numbers: equations, generated source, compiled kernels, results."""

from loligo.engine.convergence import Convergence, convergence
from loligo.engine.each import simulate_each
from loligo.engine.explain import generated_source
from loligo.engine.features import FEATURES
from loligo.engine.result import Simulation
from loligo.engine.simulate import simulate

__all__ = [
    "FEATURES",
    "Convergence",
    "Simulation",
    "convergence",
    "generated_source",
    "simulate",
    "simulate_each",
]
