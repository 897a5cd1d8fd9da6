"""Cells simulated behind series resistance, seal and bridge: corrected, they are what they were."""

from dataclasses import replace

import clamped_cells
import current_clamped_cells
import numpy as np
import pytest

from loligo.analysis.correct import (
    cell_without_seal,
    correct_bridge,
    correct_leak,
    correct_series_resistance,
    leak_line,
    steady_current_voltage,
)
from loligo.cell import catalogue
from loligo.engine import simulate
from loligo.errors import CorrectionError
from loligo.protocol import Protocol
from loligo.recording import RigState, Truth, from_arrays
from loligo.recording.corrections import copies_of, p_over_n, series_resistance

SAMPLING = 0.02
AXON = catalogue.load("hodgkin_huxley1952")
OFF = "0 mS/cm2"
SODIUM = {"channel.k.conductance": OFF, "channel.leak.conductance": OFF}
POTASSIUM = {"channel.na.conductance": OFF, "channel.leak.conductance": OFF}
LEAK = {"channel.na.conductance": OFF, "channel.k.conductance": OFF}


def family(levels, holding="-75 mV", **more):
    epochs = ["hold for 20 ms", f"step {levels} for 40 ms as test", "hold for 20 ms"]
    return Protocol("family", epochs, holding=holding, **more)


def clamped(protocol, parameters, series=None):
    return simulate(
        AXON,
        protocol,
        series_resistance=series,
        record=("v", "i.injected" if series else "i.membrane"),
        sampling=(SAMPLING, "ms"),
        method="error-controlled",
        tolerance=1e-8,
        parameters=parameters,
        initial={"v": np.array(protocol.rest(protocol.n_sweeps - 1))} if series else None,
    )


def recorded(simulation, noise=0.0, correction=0.0):
    """Return a simulated voltage clamp as a recording."""
    name = "i.injected" if "i.injected" in simulation.traces else "i.membrane"
    current = simulation[name][0]
    rng = np.random.default_rng(1)
    return from_arrays(
        current + noise * rng.standard_normal(current.shape),
        unit="pA",
        sampling_rate=f"{1 / SAMPLING} kHz",
        command=np.array([simulation.command(i) for i in range(len(current))]),
        command_unit="mV",
        truth=Truth({}, simulation.cell),
        rig_state=RigState(series_resistance_correction=correction),
    )


def during(start, stop):
    return slice(round(start / SAMPLING), round(stop / SAMPLING))


def largest(values):
    return values[np.nanargmax(np.abs(values))]


def test_ohmic_cell_becomes_that_of_an_ideal_clamp():
    """0.3 nS and 1 pF behind 1 GOhm: a quarter of the current is missing, and 1 ms of transient."""
    protocol = family("-115..45 mV by 40 mV")
    behind, ideal = clamped(protocol, LEAK, "1 GOhm"), clamped(protocol, LEAK)
    recording = recorded(behind)
    made = series_resistance(recording, "1 GOhm", capacitance="1 pF", reversal="-54.387 mV")
    for sweep in range(len(recording)):
        wanted = ideal["i.membrane"][0, sweep]
        raw = recording.trace(sweep, "response").values()
        found = made.trace(sweep, "response").values()
        steady, early = during(50, 60), during(20.3, 25)
        assert raw[steady] == pytest.approx(wanted[steady] / 1.3, rel=1e-4)
        assert found[steady] == pytest.approx(wanted[steady], rel=1e-6)
        kept = np.isfinite(found[early])
        assert found[early][kept] == pytest.approx(wanted[early][kept], rel=0.01)
        if sweep != 1:
            assert np.abs(raw[early] - wanted[early]).max() > 3


def test_sodium_peaks_beside_those_of_an_ideal_clamp():
    """Squid sodium current behind 3 MOhm, errors up to 6 mV.

    From 20 mV on, where nearly all gates open, peaks 8 to 19 % off are within 4 %. At -20 mV, on
    the rising limb, gates that saw another potential cannot be undone by scaling.
    """
    protocol = family("-20..60 mV by 20 mV")
    behind, ideal = clamped(protocol, SODIUM, "3 MOhm"), clamped(protocol, SODIUM)
    recording = recorded(behind)
    made = series_resistance(recording, "3 MOhm", capacitance="1 pF", reversal="50 mV")
    window = during(20.2, 60)
    ratios = []
    for sweep in range(len(recording)):
        wanted = largest(ideal["i.membrane"][0, sweep, window])
        raw = largest(recording.trace(sweep, "response").values()[window])
        found = largest(made.trace(sweep, "response").values()[window])
        ratios.append((raw / wanted, found / wanted))
    for raw, found in ratios[2:]:
        assert abs(raw - 1) > 0.08
        assert abs(found - 1) < 0.04
    assert 0.05 < ratios[0][1] - 1 < 0.2


def test_steady_levels_lie_on_the_curve_of_an_ideal_clamp():
    """Squid potassium current behind 10 MOhm: 32 mV off at 60 mV, on the curve to 0.1 %."""
    behind = clamped(family("-60..60 mV by 40 mV"), POTASSIUM, "10 MOhm")
    levels = steady_current_voltage(recorded(behind), "10 MOhm")
    assert levels[-1].command - levels[-1].potential > 30
    listed = ", ".join(f"{level.potential!r}" for level in levels)
    ideal = clamped(family(f"{listed} mV"), POTASSIUM)
    wanted = ideal["i.membrane"][0, :, during(52, 60)].mean(axis=1)
    assert [level.current for level in levels] == pytest.approx(wanted, rel=1e-3)
    assert [level.command for level in levels] == [-60, -20, 20, 60]


def test_series_resistance_is_found_and_corrected():
    """Random cells of one compartment, filtered and noisy: their transients go."""
    rng = np.random.default_rng(5)
    shares = []
    for _ in range(5):
        cell = clamped_cells.random_recording(rng, sweeps=5)
        time = np.arange(cell.current.shape[1]) / cell.rate
        command = np.where((time >= cell.on) & (time < cell.off), cell.step, 0.0) - 70
        recording = from_arrays(
            cell.current,
            unit="pA",
            sampling_rate=f"{cell.rate} kHz",
            command=np.tile(command, (5, 1)),
            command_unit="mV",
            rig_state=RigState(filter_frequency=cell.corner),
        )
        try:
            made = correct_series_resistance(recording)
        except CorrectionError as error:
            assert "was not found" in str(error)
            continue
        (correction,) = made.corrections
        assert correction.low <= correction.value <= correction.high
        assert correction.value == pytest.approx(cell.truth.series_resistance, rel=0.15)
        window = (time >= cell.on) & (time < cell.on + 3 * cell.truth.clamp_time_constant)
        raw = recording.stack("response").values[:, window].mean(axis=0)
        found = made.stack("response").values[:, window].mean(axis=0)
        steady = cell.current[:, (time > cell.off - 5) & (time < cell.off)].mean()
        before, after = (np.abs(v.mean() - steady) for v in (raw, found))
        shares.append(after / before)
    assert len(shares) >= 3
    assert np.median(shares) < 0.1


def test_bridge_is_found_and_corrected():
    """Random cells: what is left of the error is within 2 MOhm, or a tenth of it."""
    rng = np.random.default_rng(3)
    left = []
    for _ in range(5):
        cell = current_clamped_cells.random_recording(rng, sweeps=5)
        time = np.arange(cell.potential.shape[1]) / cell.rate
        shape = (time >= cell.on) & (time < cell.off)
        recording = from_arrays(
            cell.potential,
            unit="mV",
            sampling_rate=f"{cell.rate} kHz",
            command=cell.current[:, None] * shape,
            command_unit="pA",
            rig_state=RigState(filter_frequency=cell.corner),
        )
        try:
            made = correct_bridge(recording)
        except CorrectionError as error:
            assert "bridge error was not found" in str(error)
            continue
        (correction,) = made.corrections
        assert correction.low <= correction.value <= correction.high
        left.append(abs(correction.value - cell.truth.bridge_error))
    assert len(left) >= 3
    assert np.median(left) < 2e-3


def test_cell_is_found_behind_its_seal():
    """500 MOhm and 100 pF behind a seal of 2 GOhm: without it, within the interval."""
    rng = np.random.default_rng(2)
    membrane, seal, capacitance, rest = 0.5, 2.0, 100.0, -70.0
    both = 1 / (1 / membrane + 1 / seal)
    time = np.arange(0, 900, 0.05)
    step = np.where((time >= 200) & (time < 700), -10.0, 0.0)
    tau = both * capacitance
    unit = (1 - np.exp(-(time - 200) / tau)) * (time >= 200)
    unit -= (1 - np.exp(-(time - 700) / tau)) * (time >= 700)
    clean = rest / membrane * both - 10.0 * both * unit
    recording = from_arrays(
        clean + 0.05 * rng.standard_normal((8, time.size)),
        unit="mV",
        sampling_rate="20 kHz",
        command=np.tile(step, (8, 1)),
        command_unit="pA",
    )
    from loligo.analysis import analyze

    found = {e.name: e for e in cell_without_seal(analyze(recording), "2 GOhm")}
    truth = {
        "membrane_resistance": membrane,
        "membrane_time_constant": membrane * capacitance,
        "resting_potential": rest,
    }
    assert found.keys() == truth.keys()
    for name, value in truth.items():
        estimate = found[name]
        assert estimate.low <= value <= estimate.high, name
        assert estimate.value == pytest.approx(value, rel=0.02)


@pytest.mark.parametrize(
    ("copies", "levels"),
    [
        ("P/4", "-60..-30 mV by 15 mV"),
        ("P/-4 from -100 mV", "-50..30 mV by 40 mV"),
        ("P/8 from -105 mV", "-50..30 mV by 40 mV"),
    ],
)
def test_copies_take_leak_and_capacitance_away(copies, levels):
    """Squid currents behind 0.1 MOhm: with P/N they are those without leak conductance."""
    protocol = family(levels, "-90 mV", leak=copies)
    simulation = clamped(protocol, {}, "0.1 MOhm")
    recording = replace(recorded(simulation), protocols={"command": protocol})
    table = copies_of(recording)
    assert not any(protocol.is_leak(i) for i in table)
    assert all(protocol.is_leak(i) for some in table.values() for i in some)
    made = p_over_n(recording)
    plain = clamped(family(levels, "-90 mV"), {"channel.leak.conductance": OFF})
    held = 0.3 * (-90 + 54.387)
    for place, main in enumerate(table):
        found = made.trace(main, "response").values()
        wanted = plain["i.membrane"][0, place] + held
        settled = during(20.5, 60)
        size = np.abs(wanted[settled]).max()
        assert found[settled] == pytest.approx(wanted[settled], abs=0.02 * size + 0.5)
    (correction,) = made.corrections
    assert abs(correction.value) == int(copies.split("/")[1].split(" ")[0].lstrip("-"))
    assert correction.sweeps == tuple(table)
    named = p_over_n(replace(recording, protocols={}), table)
    for main in table:
        values = [r.trace(main, "response").values() for r in (made, named)]
        assert np.array_equal(*values)


def test_copies_that_activate_are_refused():
    """Copies of a P/2 from -60 mV reach the squid's potassium channels."""
    protocol = family("30 mV", "-60 mV", leak="P/2")
    recording = replace(recorded(clamped(protocol, {})), protocols={"command": protocol})
    with pytest.raises(CorrectionError, match="they activate channels"):
        p_over_n(recording)


def test_linear_leak_is_that_of_the_cell():
    """0.3 nS that reverse at -54.4 mV, from steps down of -90 mV, and what is left is gated."""
    levels = "-150..30 mV by 20 mV"
    simulation = clamped(family(levels, "-90 mV"), {})
    recording = recorded(simulation, noise=0.5)
    line = leak_line(recording)
    estimate = line.conductance
    assert estimate.low <= 0.3 <= estimate.high * 1.01
    assert estimate.value == pytest.approx(0.3, rel=0.03)
    assert line.reversal == pytest.approx(-54.4, abs=1.5)
    made = correct_leak(recording)
    gated = clamped(family(levels, "-90 mV"), {"channel.leak.conductance": OFF})
    for sweep in range(4, 10):
        found = made.trace(sweep, "response").values()[during(21, 60)]
        wanted = gated["i.membrane"][0, sweep, during(21, 60)]
        assert np.abs(found - wanted).mean() < 1.0


def test_leak_steps_that_activate_are_refused():
    simulation = clamped(family("-150..30 mV by 20 mV", "-90 mV"), {})
    recording = recorded(simulation, noise=0.5)
    with pytest.raises(CorrectionError, match="activate"):
        leak_line(recording, highest="-40 mV")
    with pytest.raises(CorrectionError, match="3 levels at or below the holding level are needed"):
        leak_line(recorded(clamped(family("-40..30 mV by 10 mV"), {})))
