"""Free parameters: what a path sets it reads, alone; coordinates go there and back."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loligo.cell import catalogue
from loligo.cell.equations import equations
from loligo.inference.free import Coordinate, Place, coordinate
from loligo.inference.setup import Setup
from loligo.rig import Bessel, PassiveCell, Pipette, Rig, VoltageClamp

AXON = catalogue.load("hodgkin_huxley1952").with_(area="1000 um2")
PASSIVE = PassiveCell(resistance="400 MOhm", capacitance="40 pF", reversal="-65 mV")
PIPETTE = Pipette(
    series_resistance="10 MOhm",
    capacitance="4 pF",
    wall_capacitance="1 pF",
    seal_resistance="5 GOhm",
)
VOLTAGE = Rig(
    pipette=PIPETTE,
    amplifier=VoltageClamp(
        stimulus_time="2 us",
        whole_cell_capacitance_compensation="30 pF",
        whole_cell_series_resistance_compensation="9 MOhm",
        series_resistance_correction=0.5,
        series_resistance_bandwidth="5 kHz",
    ),
    filter=Bessel(corner="5 kHz"),
)
CURRENT = VOLTAGE.with_(amplifier={"kind": "current clamp", "bridge_balance": "9 MOhm"})


def numbers(described, prefix):
    """Paths of all numbers of a description."""
    names = [n for n, value in vars(described).items() if isinstance(value, float)]
    return [f"{prefix}.{name}" for name in names]


PATHS = [
    *numbers(PIPETTE, "pipette"),
    *numbers(VOLTAGE.amplifier, "amplifier"),
    *numbers(VOLTAGE.filter, "filter"),
    *numbers(PASSIVE, "cell"),
    "response.offset",
    "response.delay",
]
OF_CURRENT = numbers(CURRENT.amplifier, "amplifier")
OF_AXON = [f"cell.{parameter.name}" for parameter in equations(AXON).parameters]


def setup(cell, rig, count):
    return Setup((cell,) * count, (rig,) * count, (0.0,) * count, (0.0,) * count, ({},) * count)


def test_there_are_paths():
    assert len(PATHS) > 20
    assert len(OF_AXON) > 20


@pytest.mark.parametrize(
    ("cell", "rig", "paths"),
    [(PASSIVE, VOLTAGE, PATHS), (PASSIVE, CURRENT, OF_CURRENT), (AXON, VOLTAGE, OF_AXON)],
    ids=["passive", "current clamp", "axon"],
)
@given(data=st.data())
def test_a_path_sets_what_it_reads_and_nothing_else(cell, rig, paths, data):
    begun = setup(cell, rig, 2)
    path, value = data.draw(st.sampled_from(paths)), data.draw(st.floats(0.01, 0.9))
    every, second = begun.changed({path: value}), begun.changed({f"1.{path}": value})
    for number in (0, 1):
        assert every.place(f"{number}.{path}").value == value
    assert second.place(f"1.{path}").value == value
    assert second.place(f"0.{path}").value == begun.place(path).value
    for other in paths:
        if other != path:
            assert every.place(other) == begun.place(other)
    assert begun.place(path).unit == every.place(path).unit


@given(value=st.floats(1e-9, 1e9), share=st.floats(1e-3, 1e3))
def test_coordinates_go_there_and_back(value, share):
    place = Place("pipette.series_resistance", "GOhm", value, 0.0, is_positive=True)
    one = coordinate(place, None)
    assert one.is_log
    assert (one.low, one.high) == pytest.approx((value / 1e3, value * 1e3))
    assert one.outside(one.inside(value * share)) == pytest.approx(value * share, rel=1e-12)
    straight = Coordinate("response.offset", "pA", value, -math.inf, math.inf, False)
    assert straight.outside(straight.inside(-value)) == -value
