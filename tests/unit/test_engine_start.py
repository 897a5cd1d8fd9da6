"""Where runs start: steady states, what is given instead, and what contradicts itself."""

import numpy as np
import pytest

from loligo.cell import Cell, catalogue, equations
from loligo.engine import simulate
from loligo.errors import ModelError, UnitError
from loligo.protocol import Protocol

HH = catalogue.load("hodgkin_huxley1952")
SCHEMES = catalogue.load("hodgkin_huxley1952_schemes")
LEAKY = Cell(
    name="leaky",
    temperature="20 degC",
    capacitance="100 pF",
    initial_potential="-70 mV",
    channel={"leak": {"conductance": "10 nS", "reversal": "-70 mV"}},
    pool={
        "x": {"initial": 0.25, "derivative": "0 * x"},
        "c": {"initial": "2 mM", "derivative": "0 * c"},
    },
)
STILL = Protocol("still", ["hold for 0.1 ms"], holding="0 pA")
CLAMPED = Protocol("clamped", ["hold for 0.1 ms", "step 0 mV for 0.1 ms"], holding="-50, -20 mV")


def first(cell, protocol, names, **more):
    """The first sample of each name, shape (cell, sweep)."""
    found = simulate(cell, protocol, record=names, target="twin", **more)
    return [found[name][:, :, 0] for name in names]


def same(found, expected):
    np.testing.assert_allclose(found, expected, rtol=5e-16)


def test_gates_start_in_the_steady_state_of_the_potential():
    """Published table of Hodgkin and Huxley's steady states; -50 and -20 mV are holding levels."""
    m, h, n = first(HH, CLAMPED, ("na.m", "na.h", "k.n"))
    np.testing.assert_allclose(m, [[0.25081208, 0.87569355]], rtol=5e-8)
    np.testing.assert_allclose(h, [[0.15344321, 0.0089434803]], rtol=5e-8)
    np.testing.assert_allclose(n, [[0.55081431, 0.83517846]], rtol=5e-8)


def test_without_a_clamp_the_cell_says_where_it_starts():
    v, x, c = first(LEAKY, STILL, ("v", "x", "c"))
    (m,) = first(HH, STILL, ("na.m",))
    assert (v.item(), x.item(), c.item()) == (-70.0, 0.25, 2.0)
    assert m.item() == pytest.approx(0.0529324853, abs=1e-10)


def test_the_command_offset_moves_the_holding_potential():
    m, v = first(
        HH,
        Protocol("p", ["hold for 0.1 ms"], holding="-60 mV"),
        ("na.m", "v"),
        parameters={"command.offset": ([10.0, 40.0], "mV")},
    )
    np.testing.assert_array_equal(v, [[-50.0], [-20.0]])
    np.testing.assert_allclose(m, [[0.25081208], [0.87569355]], rtol=5e-8)


def test_the_commands_scale_scales_the_holding_potential():
    protocol = Protocol("p", ["hold for 0.1 ms"], holding="-50 mV")
    m, v = first(HH, protocol, ("na.m", "v"), parameters={"command.scale": [1.0, 0.4]})
    np.testing.assert_array_equal(v, [[-50.0], [-20.0]])
    np.testing.assert_allclose(m, [[0.25081208], [0.87569355]], rtol=5e-8)


def test_gates_follow_a_given_potential():
    v, m = first(HH, STILL, ("v", "na.m"), initial={"v": (np.array([-50.0, -20.0]), "mV")})
    np.testing.assert_array_equal(v, [[-50.0], [-20.0]])
    np.testing.assert_allclose(m, [[0.25081208], [0.87569355]], rtol=5e-8)


def test_given_states_are_kept():
    """In the unit of each pool: none for `x`, mM for `c`."""
    m, h = first(HH, STILL, ("na.m", "na.h"), initial={"na.m": 0.5})
    assert m.item() == 0.5
    assert h.item() == pytest.approx(0.5961207535, abs=1e-10)
    x, c = first(LEAKY, STILL, ("x", "c"), initial={"x": [0.5, 0.75], "c": "5 uM"})
    np.testing.assert_array_equal(x, [[0.5], [0.75]])
    np.testing.assert_allclose(c, 0.005, rtol=1e-15)


def test_given_states_per_cell_and_sweep():
    """To one rounding: a sample is ``x_inf + (x - x_inf)`` where gates step exactly."""
    table = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])
    (m,) = first(HH, CLAMPED, ("na.m",), initial={"na.m": table})
    same(m, table)
    (m,) = first(HH, CLAMPED, ("na.m",), initial={"na.m": table[:, :1]})
    same(m, table[:, [0, 0]])
    (m,) = first(HH, CLAMPED, ("na.m",), initial={"na.m": table[:, 0]})
    same(m, table[:, [0, 0]])
    m, h = first(HH, CLAMPED, ("na.m", "na.h"), initial={"na.m": table[:1], "na.h": table[:, 0]})
    same(m, table[[0, 0, 0]])
    same(h, table[:, [0, 0]])


@pytest.mark.parametrize("cell", [HH, SCHEMES], ids=["gates", "schemes"])
def test_a_simulation_goes_on_where_another_ended(cell):
    """Two halves are the whole, to the roundings of a stretch's end."""
    pulse = "step 20 uA/cm2 for 2 ms"
    whole = simulate(cell, Protocol("p", [pulse, pulse], holding="0 uA/cm2"), target="twin")
    half = simulate(cell, Protocol("p", [pulse], holding="0 uA/cm2"), target="twin")
    rest = simulate(
        cell, Protocol("p", [pulse], holding="0 uA/cm2"), initial=half.final, target="twin"
    )
    for name in whole.final:
        np.testing.assert_array_equal(rest.final[name], whole.final[name], err_msg=name)


def test_a_scheme_starts_in_its_steady_state():
    """Occupancies of n^4 are binomial: at -65 mV, n = 0.3176769141."""
    names = [n for n in equations(SCHEMES).states if n.startswith("k.")]
    found = np.array([x.item() for x in first(SCHEMES, STILL, tuple(names))])
    n = 0.3176769141
    expected = [(1 - n) ** 4, 4 * n * (1 - n) ** 3, 6 * n**2 * (1 - n) ** 2]
    expected += [4 * n**3 * (1 - n), n**4]
    np.testing.assert_allclose(np.sort(found), np.sort(expected), rtol=1e-8)


@pytest.mark.parametrize(
    ("initial", "error", "words"),
    [
        ({"na.x": 0.5}, ModelError, ["no state 'na.x'", "did you mean"]),
        ({"v": -65.0}, UnitError, ["initial v = -65 has no unit", "'-65 mV'"]),
        ({"v": np.array([np.nan])}, UnitError, ["initial v", "not finite"]),
        ({"na.m": np.array([0.1, np.inf])}, UnitError, ["initial na.m", "not finite"]),
        (
            {"na.m": [0.1, 0.2], "na.h": [0.1, 0.2, 0.3]},
            ModelError,
            ["initial na.m has shape (2,)", "one per cell", "there are 2, 3 cells"],
        ),
        ({"na.m": np.zeros((2, 3))}, ModelError, ["shape (2, 3)", "(1 sweeps)"]),
    ],
)
def test_starts_that_are_refused(initial, error, words):
    with pytest.raises(error) as caught:
        simulate(HH, STILL, initial=initial, target="twin")
    for word in words:
        assert word in str(caught.value)


def test_a_scheme_is_given_whole_or_not_at_all():
    names = [n for n in equations(SCHEMES).states if n.startswith("k.")]
    with pytest.raises(ModelError, match=r"only some occupancies of k; give k\."):
        simulate(SCHEMES, STILL, initial={names[0]: 1.0}, target="twin")
    halves = dict.fromkeys(names, 0.5)
    with pytest.raises(ModelError, match=r"occupancies of k add up to 2.5; they must add up to 1"):
        simulate(SCHEMES, STILL, initial=halves, target="twin")
    one = {name: float(name == names[-1]) for name in names}
    (found,) = first(SCHEMES, STILL, (names[-1],), initial=one)
    assert found.item() == 1.0
