"""What is said of a recording of a two-electrode clamp: controls it has not, estimates it allows.

What a patch clamp has and two electrodes have not is not unknown: it is not there.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from loligo import Protocol, analyze, read, record, write_nwb
from loligo.analysis import Status
from loligo.analysis.correct import correct_series_resistance
from loligo.analysis.membrane_test import membrane_test
from loligo.analysis.rig_effects import RigEffects
from loligo.cell import Cell
from loligo.errors import CorrectionError
from loligo.recording import ClampMode, Electrode, compare
from loligo.recording.rig_state import VOLTAGE_CLAMP_FIELDS
from loligo.report.result import examine
from loligo.report.tables import as_json
from loligo.rig import Bessel, Noise, Pipette, Rig, TwoElectrodeClamp

OOCYTE = Cell(
    name="an oocyte", capacitance="200 nF", temperature="22 degC", initial_potential="-40 mV",
    channel={"leak": {"conductance": "1 uS", "reversal": "-40 mV"}},
)  # fmt: skip
RIG = Rig(
    name="two electrodes",
    pipette=Pipette(series_resistance="1 MOhm", seal_resistance="20 MOhm"),
    amplifier=TwoElectrodeClamp(gain=1000, gain_time="5 us", current_electrode="0.5 MOhm"),
    filter=Bessel(corner="2 kHz"),
    noise=Noise(voltage_noise="10 nV/sqrt(Hz)"),
    digitizer={"sampling": "20 kHz", "current_gain": "0.0001 mV/pA"},
)
STEP = Protocol(
    "step", ["hold for 10 ms", "step -60 mV for 60 ms as test", "hold for 10 ms"],
    holding="-40 mV", sweeps=4, sweep_interval="200 ms",
)  # fmt: skip
TRANSIENT = ("series_resistance", "membrane_resistance", "capacitance", "clamp_time_constant")


@pytest.fixture(scope="module")
def stepped():
    return record(OOCYTE, RIG, STEP, seed=2)


@pytest.fixture(scope="module")
def file(stepped, tmp_path_factory):
    return write_nwb(stepped, tmp_path_factory.mktemp("two") / "oocyte.nwb")


def test_controls_of_a_patch_clamp_are_not_applicable(stepped):
    response = stepped.response
    assert stepped.unknown_rig_fields(response) == ()
    assert stepped.inapplicable_rig_fields(response) == VOLTAGE_CLAMP_FIELDS
    lines = repr(stepped).splitlines()
    assert "unknown" not in lines
    told = " ".join(line.strip() for line in lines[lines.index("not applicable") + 1 :])
    assert told.startswith("amplifier of response  two electrodes have no capacitance fast, ")
    assert max(map(len, lines)) <= 110
    assert "not applicable" in stepped._repr_html_()


def test_so_it_is_in_a_file_and_in_what_is_told_of_it(stepped, file):
    again = read(file)
    assert compare(stepped, again) == ()
    assert again.inapplicable_rig_fields(again.response) == VOLTAGE_CLAMP_FIELDS
    told = json.loads(as_json(examine(file), with_recording=True))["recording"]
    assert told["unknown"] == {"response": []}
    assert told["not_applicable"] == {"response": list(VOLTAGE_CLAMP_FIELDS)}


def test_a_patch_clamp_has_them(stepped):
    electrode = replace(stepped.electrodes[0], device_description="a patch-clamp amplifier")
    patch = replace(stepped, electrodes=(electrode,))
    assert patch.unknown_rig_fields(patch.response) == VOLTAGE_CLAMP_FIELDS
    assert patch.inapplicable_rig_fields(patch.response) == ()
    current = replace(stepped.response, clamp_mode=ClampMode.CURRENT_CLAMP)
    assert not stepped.has_two_electrodes(current)


@pytest.mark.parametrize("words", ["TEC-03, two electrode clamp", "Two-Electrode Voltage Clamp"])
def test_a_file_says_it_in_words(words):
    assert Electrode("a", device_description=words).is_one_of_two
    assert not Electrode("a", device_description="").is_one_of_two


def test_the_membrane_test_is_refused_for_what_it_is(stepped):
    found = membrane_test(stepped)
    pooled = {e.name: e for e in found.estimates if e.sweep is None}
    for name in TRANSIENT:
        assert pooled[name].status is Status.WRONG_MODE
        assert pooled[name].reason.startswith("two electrodes clamp the cell, so there is no ")
        assert "total resistance and holding current" in pooled[name].reason
    assert found.tests[0].fit is None  # nothing was tried
    true = stepped.truth.parameters
    for name in ("total_resistance", "holding_current"):
        estimate = pooled[name]
        assert estimate.low < true[name] < estimate.high
    with pytest.raises(CorrectionError, match="two electrodes clamp the cell"):
        correct_series_resistance(stepped)


def test_missing_values_are_told_first(stepped):
    trace = stepped.sweeps[0].traces["response"]
    values = trace.values()
    values[5] = float("nan")
    hole = replace(trace, samples=values, gain=1.0)
    sweep = replace(stepped.sweeps[0], traces={**stepped.sweeps[0].traces, "response": hole})
    found = membrane_test(replace(stepped, sweeps=(sweep,), protocols={}))
    assert {e.status for e in found.estimates} == {Status.NOT_FINITE}


def test_a_single_sweep_is_enough(stepped):
    one = replace(stepped, sweeps=stepped.sweeps[:1], protocols={})
    found = {e.name: e for e in membrane_test(one).estimates}
    total = found["total_resistance"]
    assert total.low < stepped.truth.parameters["total_resistance"] < total.high


def test_a_triangle_ramp_tells_the_capacitance():
    triangle = Protocol(
        "triangle",
        ["hold for 20 ms", "ramp to -60 mV for 50 ms as down", "ramp to -40 mV for 50 ms as up",
         "hold for 20 ms"],
        holding="-40 mV", sweeps=4, sweep_interval="200 ms",
    )  # fmt: skip
    found = membrane_test(record(OOCYTE, RIG, triangle, seed=4))
    capacitance = next(e for e in found.estimates if e.name == "capacitance" and e.is_ok)
    assert capacitance.low < 200e3 < capacitance.high
    assert capacitance.value == pytest.approx(200e3, rel=0.02)


def test_the_leak_beside_electrodes_is_no_bad_seal(stepped):
    (effects,) = analyze(stepped).of(RigEffects)
    assert effects.of("seal_resistance") is None
    assert effects.of("clamp_bandwidth").estimate.status is Status.WRONG_MODE
    (error,) = [e for e in analyze(stepped) if e.name == "command_error" and e.sweep is None]
    behind = 20.0 / 21.0  # MOhm, of membrane and leak together
    short = 1.0 / (1.0 + 1000.0 * behind / (behind + 0.5))
    assert error.low < short < error.high
    assert error.value == pytest.approx(short, rel=0.2)  # the measured potential is noisy
