"""What a design knows of the cell or neuron it records: its parameters by path, what is true."""

from __future__ import annotations

from collections.abc import Iterator

from loligo.cell import Cell, Neuron
from loligo.cell.equations import equations
from loligo.cell.lowered import Parameter
from loligo.engine.parameters import numbers
from loligo.errors import ModelError, SelectionError, suggest
from loligo.experiment.file import Experiment
from loligo.experiment.subject import Subject, subject_of
from loligo.experiment.truth import held
from loligo.rig import Rig
from loligo.rig.model_cells import ModelCell

_OF_SHAPE = "area"


def cell_of(experiment: Experiment) -> Cell | Neuron:
    """Return the cell or neuron.

    Raises
    ------
    ModelError
        It is an electrical model cell, which is recorded as a cell behind a rig of its own.
    """
    if isinstance(experiment.cell, ModelCell):
        raise ModelError(
            f"{experiment.cell.name} is a model cell; give the cell it is (cell.cell()) and the "
            "rig with its own pipette (cell.behind(rig))"
        )
    return experiment.cell


def subject_in(experiment: Experiment) -> Subject:
    """Return what is recorded, and where."""
    return subject_of(cell_of(experiment), experiment.at, experiment.parameters)


def true_numbers(experiment: Experiment, rig: Rig | None = None) -> dict[str, float]:
    """Return what is true of cell and rig, by glossary name in internal units.

    Parameters
    ----------
    experiment : Experiment
    rig : Rig, optional
        Instead of the experiment's.
    """
    return subject_in(experiment).truth(rig or experiment.rig, held(experiment.protocol))


def parameter_at(experiment: Experiment, name: str) -> tuple[float, str]:
    """Return a parameter of the cell in its internal unit, and the unit.

    Of a neuron ``"dendrite.channel.na.conductance"``, or without the region where it is the same in
    all that have it.

    Raises
    ------
    SelectionError
        There is none, or it differs.
    """
    known: dict[str, set[tuple[float | None, str]]] = {}
    for paths, value, unit in _known(experiment):
        for path in paths:
            known.setdefault(path, set()).add((value, unit))
    if name not in known:
        raise SelectionError(f"cell.{name}: the cell has no such parameter; {suggest(name, known)}")
    (value, unit), *others = known[name]
    own = sorted(path for path in known if path.endswith(f".{name}"))
    if others or any(path in experiment.parameters for path in own):
        raise SelectionError(
            f"cell.{name} differs between regions; name one of them: cell.{', cell.'.join(own)}"
        )
    if value is None:
        raise SelectionError(
            f"cell.{name} differs along the region, as its profile says; set it in the "
            "experiment's parameters to have one value, or vary a constant of the profile"
        )
    return value, unit


def _known(experiment: Experiment) -> Iterator[tuple[tuple[str, ...], float | None, str]]:
    """Yield the paths of each parameter, its value (None along a profile) and unit."""
    cell = cell_of(experiment)
    if isinstance(cell, Cell):
        for parameter in equations(cell).parameters:
            path = parameter.name
            yield (path,), _value(experiment, parameter, (path,)), parameter.unit
        return
    profiled = {(region, path) for region, table in cell.profile for path, _ in table}
    for region, _ in cell.membrane:
        for parameter in equations(cell.patch(region)).parameters:
            path = parameter.name
            if path == _OF_SHAPE:
                continue
            paths = (f"{region}.{path}", path)
            is_told = any(each in experiment.parameters for each in paths)
            along = (region, path) in profiled and not is_told
            yield paths, None if along else _value(experiment, parameter, paths), parameter.unit


def _value(experiment: Experiment, parameter: Parameter, paths: tuple[str, ...]) -> float:
    """Return what the experiment says at the first of some paths, else what is described."""
    for path in paths:
        if path in experiment.parameters:
            return float(numbers(experiment.parameters[path], parameter.unit, path))
    return float(parameter.value)
