"""`design`: record and analyze an experiment many times, and say how wrong each result is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from loligo.analysis import checked_parts
from loligo.analysis.correct import Plan
from loligo.errors import ModelError, suggest
from loligo.experiment.design.journal import Journal, identity
from loligo.experiment.design.perfect import Truths
from loligo.experiment.design.places import Amount, amount_at, with_amounts
from loligo.experiment.design.repeat import Plans, Recorder, Repeat
from loligo.experiment.design.spread import Spread, drawn, spreads_of
from loligo.experiment.design.summary import Design, condition_of
from loligo.experiment.file import Experiment, read_experiment
from loligo.rig.model_cells import ModelCell

REPEATS = 50
_KEYS = ("repeats", "spread", "parts", "correct")


def design(
    experiment: Experiment | str | Path,
    *,
    repeats: int | None = None,
    spread: Mapping[str, object] | None = None,
    vary: Mapping[str, Sequence[object]] | None = None,
    parts: str | Sequence[str] | None = None,
    correct: Mapping[str, Any] | Plan | None = None,
    seed: int | None = None,
    journal: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Design:
    """Simulate a planned experiment many times, and tell how wrong each result will be.

    Parameters
    ----------
    experiment : Experiment or path-like
        Cell, rig and protocol; a TOML file of them, whose table ``design`` may hold ``repeats``,
        ``spread``, ``parts`` and ``correct``. What is passed here goes before it.
    repeats : int, optional
        Recordings for each value of what is varied; 50 by default.
    spread : mapping of str to str, optional
        How parameters differ between recordings, by path: ``{"rig.pipette.series_resistance":
        "20 %", "rig.amplifier.bridge_balance": "2 MOhm around rig.pipette.series_resistance"}``;
        see `loligo.experiment.design.spread`. Added to the file's.
    vary : mapping of str to sequence of quantities, optional
        One path and its values: ``{"rig.pipette.series_resistance": ["5 MOhm", "20 MOhm"]}``.
    parts : str or sequence of str, optional
        Of `loligo.analyze`.
    correct : mapping or Plan, optional
        Corrections before the analysis, as `loligo.analysis.correct.Plan` names them.
    seed : int, optional
        In place of the experiment's.
    journal : path-like, optional
        File that keeps each recording's results: a design that was interrupted goes on from it,
        and more repeats or values are added to it.
    progress : callable, optional
        Called with how many recordings are done, and of how many.

    Returns
    -------
    Design

    Raises
    ------
    ModelError, SelectionError, UnitError
        A path, spread or value that does not fit; before anything is recorded.
    WriteError
        The journal is of something else, or cannot be written.
    LoligoError
        The cell cannot be simulated behind a perfect rig.

    Notes
    -----
    What is varied is set first; spreads then act around it. The same repeat draws the same deviates
    and noise at each value, so that differences between values are known better than each. Bias is
    the mean of estimate less truth; true is what the same analysis finds behind a perfect rig (see
    `loligo.experiment.design.perfect`).
    """
    given = experiment if isinstance(experiment, Experiment) else read_experiment(experiment)
    whole = _of_a_cell(given)
    told = _checked(whole.design)
    spreads = spreads_of({**told.get("spread", {}), **(spread or {})})
    plans = Plans(
        _parts(told.get("parts") if parts is None else parts),
        _plan(told.get("correct", {}) if correct is None else correct),
    )
    count = _count(told.get("repeats", REPEATS) if repeats is None else repeats)
    seed = whole.seed if seed is None else seed
    path, values = _varied(vary)
    made = {value: _at(whole, path, value) for value in values}
    for one in made.values():
        _draw_all(one, spreads, seed, count)
    written = {place: entry.text for place, entry in spreads.items()}
    kept = Journal(journal, identity(whole, written, path, plans, seed))
    done = 0
    truths: dict[object, Truths] = {}
    for value, one in made.items():
        recorder = Recorder(one, spreads, plans, seed, truths)
        for number in range(count):
            if (value, number) not in kept.known:
                kept.keep(recorder.repeat(number, value))
            done += 1
            if progress is not None:
                progress(done, count * len(made))
    name = f"{whole.cell.name} behind {whole.rig.name}, {whole.protocol.name}"
    return collected(name, path, values, count, kept.known)


def _of_a_cell(experiment: Experiment) -> Experiment:
    """Return the experiment; of a model cell that of the cell it is, behind its own pipette."""
    cell = experiment.cell
    if not isinstance(cell, ModelCell):
        return experiment
    return replace(experiment, cell=cell.cell(), rig=cell.behind(experiment.rig))


def collected(
    name: str,
    path: str,
    values: Sequence[str],
    count: int,
    known: Mapping[tuple[str, int], Repeat],
) -> Design:
    """Return the design that the first repeats of each value make."""
    rows = {
        value: [known[value, i] for i in range(count) if (value, i) in known] for value in values
    }
    conditions = tuple(condition_of(value, group) for value, group in rows.items())
    return Design(name, path, conditions, tuple(r for group in rows.values() for r in group))


def _checked(told: Mapping[str, Any]) -> dict[str, Any]:
    for key in told:
        if key not in _KEYS:
            raise ModelError(f"design: unknown key {key!r}; {suggest(key, _KEYS)}")
    if not isinstance(told.get("spread", {}), Mapping):
        raise ModelError("design: spread must be a table of paths and spreads")
    return dict(told)


def _count(repeats: object) -> int:
    if not isinstance(repeats, int) or isinstance(repeats, bool) or repeats < 2:
        raise ModelError(f"repeats = {repeats!r}; two recordings or more tell of a scatter")
    return repeats


def _parts(told: Any) -> tuple[str, ...] | None:
    return None if told is None else tuple(part.value for part in checked_parts(told))


def _plan(told: Mapping[str, Any] | Plan) -> Plan:
    if isinstance(told, Plan):
        return told
    known = [entry.name for entry in fields(Plan)]
    for key in told:
        if key not in known:
            raise ModelError(f"correct: unknown key {key!r}; {suggest(key, known)}")
    return Plan(**told)


def _varied(vary: Mapping[str, Sequence[object]] | None) -> tuple[str, tuple[str, ...]]:
    if not vary:
        return "", ("",)
    if len(vary) > 1:
        raise ModelError(f"vary names {len(vary)} paths ({', '.join(vary)}); one can be varied")
    ((path, values),) = vary.items()
    if isinstance(values, str) or not list(values):
        raise ModelError(f"vary: {path} = {values!r}; give a list of values")
    return path, tuple(dict.fromkeys(Amount.parse(value, path).shown() for value in values))


def _at(experiment: Experiment, path: str, value: str) -> Experiment:
    if not path:
        return experiment
    own = amount_at(experiment, path)
    amount = Amount.parse(value, path)
    number = amount.in_unit(own.unit, path)
    return with_amounts(experiment, {path: Amount(number, own.unit)})


def _draw_all(experiment: Experiment, spreads: Mapping[str, Spread], seed: int, count: int) -> None:
    """Draw every repeat once, so that a value that is refused is told before hours of work."""
    for number in range(count if spreads else 1):
        drawn(experiment, spreads, (seed, number))
