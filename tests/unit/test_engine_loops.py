"""A step in short loops: run one after another, with what they keep in rows, they are the step."""

from dataclasses import replace

import numpy as np
import pytest

from loligo.cell import catalogue, equations
from loligo.cell.expression import evaluate, parse
from loligo.engine.assemble import assemble
from loligo.engine.loops import cost, layout_of, partition, split_off
from loligo.engine.system import LEVEL, SCALARS, SCALE, Options

CELLS = ["hodgkin_huxley1952", "hay2011_soma", "hodgkin_huxley1952_schemes", "hudspeth_lewis1988"]


@pytest.fixture(scope="module", params=CELLS)
def system(request):
    return assemble(equations(catalogue.load(request.param)), Options(features=("mean_potential",)))


def _rows_and_scalars(layout):
    """A number between 0 and 1 for each row; the loops only need to move them about rightly."""
    draw = np.random.default_rng(7)
    rows = {row: draw.uniform(0.1, 0.9, 3) for row in range(layout.n_rows)}
    return rows, dict(zip(SCALARS, draw.uniform(0.01, 0.1, len(SCALARS)), strict=True))


def _straight(system, layout, rows, scalars):
    names = [*system.states, *(name for name, _ in system.constants), LEVEL, SCALE]
    known = {**scalars, **{name: rows[layout.rows[name]] for name in names}}
    for name, expression in system.step:
        known[name] = evaluate(expression, known)
    return {state: evaluate(value, known) for state, value in system.updates.items()}


@pytest.mark.parametrize("longest", [1, 7, 40, 1_000_000])
def test_loops_give_the_step(system, longest):
    layout = layout_of(system)
    rows, scalars = _rows_and_scalars(layout)
    expected = _straight(system, layout, rows, scalars)
    loops, layout = partition(system.step, system.updates, layout, longest)
    rows |= {row: np.full(3, np.nan) for row in range(layout_of(system).n_rows, layout.n_rows)}
    for loop in loops:
        known = {**scalars, **{name: rows[row] for name, row in loop.loads.items()}}
        for name, expression in loop.lines:
            known[name] = evaluate(expression, known)
        rows |= {row: evaluate(value, known) for row, value in loop.stores}
    for state, value in expected.items():
        np.testing.assert_array_equal(rows[layout.rows[state]], value, err_msg=state)


def test_every_line_is_in_one_loop_and_in_order(system):
    loops, _ = partition(system.step, system.updates, layout_of(system), 40)
    assert [line for loop in loops for line in loop.lines] == list(system.step)


def test_loops_are_about_as_long_as_asked_for(system):
    """Each ends with the line that fills its share, so it is longer by less than its last line."""
    total = sum(cost(e) for _, e in system.step)
    loops, _ = partition(system.step, system.updates, layout_of(system), 40)
    assert len(loops) == round(total / 40)
    longest_line = max(cost(e) for _, e in system.step)
    for loop in loops:
        assert sum(cost(e) for _, e in loop.lines) <= total / len(loops) + longest_line


def test_kept_rows_are_states_then_constants(system):
    layout = layout_of(system)
    kept = [name for name, row in sorted(layout.rows.items(), key=lambda x: x[1])]
    assert tuple(kept[: len(system.states)]) == system.states
    assert kept[0] == "v"
    assert kept[-2:] == [LEVEL, SCALE]
    assert layout.n_kept == len(kept) - 2 == len(system.states) + len(system.constants)


def test_costs_count_operations():
    names = {"x", "y"}
    assert cost(parse("x", names)) == 0
    assert cost(parse("x + y * 2", names)) == 2
    assert cost(parse("exp(x)", names)) > cost(parse("x / y", names)) > cost(parse("x * y", names))


def test_what_changes_only_with_the_step_is_done_once(system):
    layout = layout_of(system)
    names = {"h", "v", "g"}
    lines = tuple(
        (name, parse(text, {*names, *"abcd"}))
        for name, text in (("a", "h * g"), ("b", "a * v"), ("c", "1 / a"), ("d", "b * c"))
    )
    rows = replace(layout, rows={"v": 0, "g": 5})
    loop, rest, kept = split_off(lines, {"v": parse("d + a", {*"da"})}, rows, {"h", "g"}, 9)
    assert [name for name, _ in loop.lines] == ["a", "c"]
    assert loop.loads == {"g": 5}
    assert [name for name, _ in rest] == ["b", "d"]
    assert kept == {"a": 9, "c": 10}
    assert [row for row, _ in loop.stores] == [9, 10]
