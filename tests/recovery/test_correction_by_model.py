"""What rig and capacitance did to a voltage clamp, taken back: beside the truth of a simulation."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from loligo import Protocol, record, simulate
from loligo.cell import Cell, catalogue
from loligo.errors import CorrectionError
from loligo.inference import fit
from loligo.recording.corrections import (
    ideal_current,
    membrane_by_model,
    series_resistance,
    series_resistance_by_model,
    uncorrected,
)
from loligo.rig import (
    Bessel,
    CurrentClamp,
    Digitizer,
    Noise,
    PassiveCell,
    Pipette,
    Rig,
    VoltageClamp,
)

AXON = catalogue.load("hodgkin_huxley1952").with_(area="1000 um2", initial_potential="-90 mV")
LINEAR = PassiveCell(resistance="2 GOhm", capacitance="10 pF", reversal="-54 mV")
PLAIN = VoltageClamp(capacitance_fast="4 pF", summing_time="5 us")
COMPENSATED = PLAIN.with_(
    whole_cell_capacitance_compensation="9 pF",
    whole_cell_series_resistance_compensation="9 MOhm",
    series_resistance_correction=0.7,
    series_resistance_prediction=0.5,
)
FAMILY = Protocol(
    "family", ["hold for 3 ms", "step -20..40 mV by 30 mV for 12 ms"], holding="-90 mV"
)


def bench(amplifier, noise=True):
    return Rig(
        pipette=Pipette(series_resistance="10 MOhm", capacitance="4.5 pF"),
        amplifier=amplifier,
        filter=Bessel(corner="10 kHz"),
        noise=Noise(feedback_resistance="500 MOhm", voltage_noise="3 nV/sqrt(Hz)")
        if noise
        else None,
        digitizer=Digitizer(sampling="50 kHz", range="20 V"),
    )


@cache
def recorded(amplifier):
    return record(AXON, bench(amplifier), FAMILY, seed=1, dt="2 us", truth=("v", "i.membrane"))


@pytest.mark.parametrize("amplifier", [PLAIN, COMPENSATED], ids=["plain", "compensated"])
@pytest.mark.parametrize("sweep", [0, 1, 2])
def test_potential_and_current_of_an_escaping_clamp(amplifier, sweep):
    """Squid channels escape by 30 to 50 mV; what is left of that is 1 mV, of the current 5 %."""
    recording = recorded(amplifier)
    found = membrane_by_model(recording, sweep, bench(amplifier), LINEAR)
    command = recording.trace(sweep, "command").values()
    response = recording.trace(sweep, "response").values()
    v, current = (recording.truth.traces[name].values(sweep) for name in ("v", "i.membrane"))
    after = np.arange(v.size) / 50.0 > 3.3
    left = 0.01 - amplifier.series_resistance_correction * 0.009
    ohmic = command - left * response
    traynelis = ideal_current(response, command, 50.0, left, 10.0)
    escape = np.abs(command - v)[after].max()
    assert escape > 15.0
    assert np.abs(found.potential - v)[after].max() < 1.2
    assert np.abs(found.potential - v)[after].max() < 0.25 * np.abs(ohmic - v)[after].max()
    size = np.abs(current[after]).max()
    missed = np.abs(found.current - current)[after].max()
    assert missed < 0.06 * size
    assert missed < 0.35 * np.abs(traynelis - current)[after].max()


def test_an_ohmic_cell_gives_the_current_of_an_ideal_clamp():
    """What is linear is exact: V_c / R, at once after the step, without any transient."""
    cell = Cell(
        name="ohmic",
        capacitance="10 pF",
        temperature="22 degC",
        initial_potential="-90 mV",
        channel={"leak": {"conductance": "10 nS", "reversal": "-60 mV"}},
    )
    rig = bench(COMPENSATED, noise=False)
    recording = record(cell, rig, FAMILY, dt="1 us", truth=("v", "i.membrane"))
    known = PassiveCell(resistance="100 MOhm", capacitance="10 pF", reversal="-60 mV")
    for sweep in range(3):
        found = membrane_by_model(recording, sweep, rig, known)
        v, current = (recording.truth.traces[name].values(sweep) for name in ("v", "i.membrane"))
        assert found.potential == pytest.approx(v, abs=0.05)
        assert found.current == pytest.approx(current, abs=1.0)
        # another conductance in the linear part changes nothing but what counts as linear
        half = membrane_by_model(recording, sweep, rig, known.with_(resistance="200 MOhm"))
        late = np.arange(v.size) / 50.0 > 3.3
        assert half.current[late] == pytest.approx(found.current[late], abs=10.0)
        assert np.abs(half.further[late]).max() > 100.0


def test_scaled_to_the_driving_force_peaks_are_those_of_an_ideal_clamp():
    """Where nearly all gates open; of sodium alone, which one reversal potential describes."""
    alone = {"channel.k.conductance": "0 mS/cm2"}
    rig = bench(COMPENSATED)
    recording = record(AXON, rig, FAMILY, seed=1, dt="2 us", parameters=alone)
    made = series_resistance_by_model(recording, rig, LINEAR, reversal="50 mV")
    ideal = simulate(
        AXON, FAMILY, record=["i.membrane"], initial="rest", dt="5 us", parameters=alone
    )
    wanted = ideal["i.membrane"][0, 1].min()
    before = recording.trace(1, "response").values()[160:].min()
    after = np.nanmin(made.trace(1, "response").values()[160:])

    assert abs(after - wanted) < 0.3 * abs(before - wanted)


def test_a_fit_of_small_steps_corrects_large_ones():
    """Rig and cell found from a test step that opens little; then the family with them."""
    rig = bench(PLAIN)
    test = Protocol(
        "test", ["hold for 3 ms", "step -100 mV for 12 ms", "hold for 5 ms"],
        holding="-90 mV", sweeps=10,
    )  # fmt: skip
    steps = record(AXON, rig, test, seed=3, dt="2 us")
    begun = rig.with_(**{"pipette.series_resistance": "8 MOhm", "filter.corner": "9 kHz"})
    found = fit(
        steps, LINEAR.with_(capacitance="12 pF"), begun,
        ["pipette.series_resistance", "cell.resistance", "cell.capacitance", "cell.reversal"],
        starts=1,
    )  # fmt: skip
    assert found["pipette.series_resistance"].value == pytest.approx(0.010, rel=0.05)
    recording = recorded(PLAIN)
    membrane = membrane_by_model(recording, 1, found.rig, found.cell)
    v = recording.truth.traces["v"].values(1)
    after = np.arange(v.size) / 50.0 > 3.3
    assert np.abs(membrane.potential - v)[after].max() < 4.0


def test_it_is_on_record_and_made_once():
    recording, rig = recorded(COMPENSATED), bench(COMPENSATED)
    made = series_resistance_by_model(recording, rig, LINEAR, sweeps=[1])
    done = made.corrections[-1]
    assert (done.name, done.value, done.sweeps) == ("series_resistance", 0.010, (1,))
    assert "inverted model" in done.definition
    wanted = membrane_by_model(recording, 1, rig, LINEAR)
    assert made.trace(1, "response").values() == pytest.approx(wanted.current)
    same = made.trace(0, "response").values()
    assert same == pytest.approx(recording.trace(0, "response").values())
    for again in (
        lambda: series_resistance_by_model(made, rig, LINEAR, sweeps=[1]),
        lambda: series_resistance(made, "10 MOhm", reversal="50 mV", sweeps=[1]),
        lambda: membrane_by_model(made, 1, rig, LINEAR),
    ):
        with pytest.raises(CorrectionError, match="already applied"):
            again()
    back = uncorrected(made)
    assert back.trace(1, "response").values() == pytest.approx(
        recording.trace(1, "response").values()
    )


def test_what_is_refused():
    recording, rig = recorded(COMPENSATED), bench(COMPENSATED)
    with pytest.raises(CorrectionError, match=r"correction of 0\.7, the rig has 0"):
        series_resistance_by_model(
            recording,
            bench(
                PLAIN.with_(
                    whole_cell_capacitance_compensation="9 pF",
                    whole_cell_series_resistance_compensation="9 MOhm",
                )
            ),
            LINEAR,
        )
    with pytest.raises(CorrectionError, match="is a current clamp"):
        series_resistance_by_model(recording, bench(CurrentClamp()), LINEAR)
    with pytest.raises(CorrectionError, match="pass bandwidth="):
        series_resistance_by_model(recording, rig.with_(filter=None), LINEAR)
    with pytest.raises(CorrectionError, match="lower the bandwidth"):
        series_resistance_by_model(recording, rig, LINEAR, bandwidth="25 kHz")
    with pytest.raises(CorrectionError, match="must be above 0"):
        series_resistance_by_model(recording, rig, LINEAR, bandwidth="-1 kHz")
    with pytest.raises(CorrectionError, match="unstable"):
        wild = rig.with_(**{"pipette.series_resistance": "1 MOhm"})
        series_resistance_by_model(recording, wild, LINEAR)
    clipped = record(
        AXON, bench(PLAIN).with_(digitizer={"sampling": "50 kHz", "range": "1 V"}), FAMILY, seed=1
    )
    with pytest.raises(CorrectionError, match="out of range"):
        series_resistance_by_model(clipped, bench(PLAIN), LINEAR)
