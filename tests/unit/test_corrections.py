"""Corrections: what they keep, what they record, and what they refuse."""

from dataclasses import replace

import numpy as np
import pytest

import loligo
from loligo.analysis.correct import cell_without_seal, correct_bridge, correct_series_resistance
from loligo.analysis.estimate import Estimate, Status
from loligo.errors import CorrectionError, SelectionError, UnitError, WriteError
from loligo.ions import liquid_junction_potential
from loligo.recording import (
    Basis,
    Channel,
    Correction,
    Finding,
    RigState,
    Role,
    compare,
    from_arrays,
    write_nwb,
)
from loligo.recording.corrections import (
    Measured,
    bridge,
    filter_delay,
    junction_potential,
    leak,
    p_over_n,
    pipette_capacitance,
    recorded_channel,
    seal_leak,
    series_resistance,
    uncorrected,
    without_seal,
)

TIME = np.arange(0, 20, 0.05)
STEP = np.where((TIME >= 5) & (TIME < 15), 1.0, 0.0)


def voltage_clamp(sweeps=3, **rig):
    state = RigState(**{"series_resistance_correction": 0.0, "filter_frequency": 2.0, **rig})
    levels = -80.0 + 10.0 * np.arange(1, sweeps + 1)[:, None] * STEP
    current = (levels + 80.0) / 0.5 + np.random.default_rng(0).standard_normal(levels.shape)
    return from_arrays(
        current,
        unit="pA",
        sampling_rate="20 kHz",
        command=levels,
        command_unit="mV",
        rig_state=state,
    )


def current_clamp(**rig):
    current = 100.0 * STEP[None] * np.array([[-1.0], [1.0]])
    return from_arrays(
        -70.0 + 0.02 * current,
        unit="mV",
        sampling_rate="20 kHz",
        command=current,
        command_unit="pA",
        rig_state=RigState(**rig),
    )


EVERY = {
    "bridge_error": (current_clamp, lambda r: bridge(r, "20 MOhm")),
    "series_resistance": (voltage_clamp, lambda r: series_resistance(r, "9 MOhm", reversal=0)),
    "seal_resistance": (voltage_clamp, lambda r: seal_leak(r, "1 GOhm")),
    "leak_conductance": (voltage_clamp, lambda r: leak(r, "2 nS", "-80 mV")),
    "pipette_capacitance": (voltage_clamp, lambda r: pipette_capacitance(r, "2 pF")),
    "filter_delay": (voltage_clamp, filter_delay),
    "leak_copies": (voltage_clamp, lambda r: p_over_n(r, {2: [0, 1]})),
}


@pytest.mark.parametrize("name", EVERY)
def test_every_correction_is_kept_recorded_and_taken_back(name, tmp_path):
    make, correct = EVERY[name]
    recording = make()
    made = correct(recording)
    (correction,) = made.corrections
    assert (correction.name, correction.channel, correction.applied) == (name, "response", True)
    assert correction.source
    assert correction.definition
    assert recording.corrections == ()
    assert "correction " + name in made.provenance.history[-1]
    raw = recorded_channel(made, "response")
    assert raw == Channel(
        "response as recorded",
        Role.AUXILIARY,
        made.response.unit,
        None,
        "",
        made.response.file_unit,
        "what was recorded, before corrections",
    )
    for index in range(len(recording)):
        before = recording.trace(index, "response")
        assert np.array_equal(made.trace(index, raw).values(), before.values())
        changed = made.trace(index, "response")
        same = np.array_equal(changed.values(), before.values()) and changed.start == before.start
        assert same == (correction.sweeps is not None and index not in correction.sweeps)
        assert changed.rig_state == before.rig_state
    back = uncorrected(made)
    assert [line for line in compare(back, recording) if "provenance" not in line] == []
    with pytest.raises(CorrectionError, match="already applied"):
        correct(made)
    loaded = loligo.read(write_nwb(made, tmp_path / "made.nwb"))
    assert [line for line in compare(loaded, made) if "provenance" not in line] == []
    assert loaded.corrections == made.corrections
    with pytest.raises(CorrectionError, match="already applied"):
        correct(loaded)
    assert [line for line in compare(uncorrected(loaded), recording) if "prov" not in line] == []


@pytest.mark.parametrize("make", [voltage_clamp, current_clamp])
def test_junction_potential_moves_what_holds_the_potential(make, tmp_path):
    recording = make()
    made = junction_potential(recording, "14 mV")
    name = "command" if make is voltage_clamp else "response"
    other = "response" if make is voltage_clamp else "command"
    (correction,) = made.corrections
    assert (correction.channel, correction.value) == (name, 14.0)
    for index in range(len(recording)):
        pair = [r.trace(index, name).values() for r in (made, recording)]
        assert pair[0] == pytest.approx(pair[1] - 14.0, abs=1e-12)
        assert np.array_equal(
            made.trace(index, other).values(), recording.trace(index, other).values()
        )
        if make is voltage_clamp:
            for was, now in zip(
                recording.sweep(index).epochs, made.sweep(index).epochs, strict=True
            ):
                assert now.level == pytest.approx(was.level - 14.0)
        else:
            assert made.sweep(index).epochs == recording.sweep(index).epochs
    back = uncorrected(made)
    assert [line for line in compare(back, recording) if "provenance" not in line] == []
    loaded = loligo.read(write_nwb(made, tmp_path / "made.nwb"))
    assert loaded.corrections == made.corrections
    with pytest.raises(CorrectionError, match="already applied"):
        junction_potential(loaded, "14 mV")


def test_what_was_corrected_is_told():
    made = leak(junction_potential(voltage_clamp(), "10 mV"), "2 nS", "-80 mV", sweeps=[0, 2])
    text = repr(made)
    assert "corrections\n  liquid_junction_potential  command   10 mV  applied\n" in text
    assert "  leak_conductance           response  2 nS   applied to sweeps 0, 2" in text
    assert "<td>applied to sweeps 0, 2</td>" in made._repr_html_()
    assert "corrections" not in repr(voltage_clamp())


def test_stated_junction_potential_is_used_or_refused():
    recording = current_clamp()
    stated = Correction("liquid_junction_potential", "response", 12.0, False, "V - LJP")
    known = recording.corrected(stated)
    made = junction_potential(known)
    assert made.corrections[0].value == 12.0
    assert made.corrections[0].source == "stated in the file"
    assert len(made.corrections) == 1
    with pytest.raises(CorrectionError, match="states none"):
        junction_potential(recording)
    applied = recording.corrected(replace(stated, applied=True))
    with pytest.raises(CorrectionError, match="already applied"):
        junction_potential(applied, "12 mV")
    with pytest.raises(CorrectionError, match="more than solutions"):
        junction_potential(recording, "80 mV")
    with pytest.raises(UnitError, match="has no unit"):
        junction_potential(recording, 12)


def test_corrections_follow_in_order():
    recording = voltage_clamp()
    first = pipette_capacitance(junction_potential(recording, "10 mV"), "2 pF")
    both = series_resistance(first, "9 MOhm", reversal="0 mV")
    every = filter_delay(leak(both, "2 nS", "-80 mV"))
    assert [c.name for c in every.corrections] == [
        "liquid_junction_potential",
        "pipette_capacitance",
        "series_resistance",
        "leak_conductance",
        "filter_delay",
    ]
    back = uncorrected(every)
    assert [line for line in compare(back, recording) if "provenance" not in line] == []
    with pytest.raises(CorrectionError, match="nothing was corrected"):
        uncorrected(back)


@pytest.mark.parametrize(
    ("before", "then", "words"),
    [
        ("series_resistance", "pipette_capacitance", "correct pipette capacitance first"),
        ("seal_resistance", "series_resistance", "correct series resistance first"),
        ("seal_resistance", "leak_conductance", "subtracted the leak already"),
        ("leak_copies", "seal_resistance", "subtracted the leak already"),
        ("filter_delay", "series_resistance", "moved the response"),
        ("filter_delay", "pipette_capacitance", "moved the response"),
    ],
)
def test_wrong_order_is_refused(before, then, words):
    made = EVERY[before][1](voltage_clamp())
    with pytest.raises(CorrectionError, match=words):
        EVERY[then][1](made)


def test_junction_potential_comes_before_what_uses_potentials():
    made = series_resistance(voltage_clamp(), "9 MOhm", reversal="0 mV")
    with pytest.raises(CorrectionError, match="correct liquid junction potential first"):
        junction_potential(made, "10 mV")


@pytest.mark.parametrize("name", EVERY)
def test_other_clamp_mode_and_unknown_response_are_refused(name):
    make, correct = EVERY[name]
    other = voltage_clamp if make is current_clamp else current_clamp
    if name != "filter_delay":
        with pytest.raises(CorrectionError, match=r"was recorded in (voltage|current) clamp"):
            correct(other())
    without = make()
    without = replace(
        without,
        channels=without.channels[:1],
        sweeps=tuple(
            replace(s, traces={"response": s.trace("response")}, epochs=()) for s in without
        ),
    )
    if name != "filter_delay":
        with pytest.raises(CorrectionError, match="read it with command="):
            correct(without)


@pytest.mark.parametrize("name", [n for n in EVERY if n != "filter_delay"])
def test_saturated_sweeps_are_refused_and_named(name):
    make, correct = EVERY[name]
    recording = make()
    sweeps = list(recording.sweeps)
    stored = np.round(sweeps[1].trace("response").values()).astype(np.int16)
    stored[3] = 32767
    trace = replace(sweeps[1].trace("response"), samples=stored)
    sweeps[1] = replace(sweeps[1], traces={**sweeps[1].traces, "response": trace})
    with pytest.raises(CorrectionError, match=r"out of range in sweeps 1\b"):
        correct(replace(recording, sweeps=tuple(sweeps)))


def test_sweeps_are_corrected_one_by_one_and_follow_a_selection():
    recording = voltage_clamp()
    made = leak(recording, "2 nS", "-80 mV", sweeps=[0, 2])
    assert made.corrections[0].sweeps == (0, 2)
    with pytest.raises(CorrectionError, match="already applied"):
        leak(made, "2 nS", "-80 mV", sweeps=[2, 1])
    rest = leak(made, "3 nS", "-80 mV", sweeps=[1])
    assert [c.sweeps for c in rest.corrections] == [(0, 2), (1,)]
    chosen = rest.select([2, 1])
    assert [c.sweeps for c in chosen.corrections] == [(0,), (1,)]
    assert [c.sweeps for c in rest.select([1]).corrections] == [(0,)]
    with pytest.raises(SelectionError, match="sweep 7 does not hold"):
        leak(recording, "2 nS", "-80 mV", sweeps=[7])


def test_series_resistance_has_to_know_the_amplifier():
    unknown = voltage_clamp(series_resistance_correction=None)
    with pytest.raises(CorrectionError, match=r"pass correction=0\.7"):
        series_resistance(unknown, "9 MOhm", reversal="0 mV")
    series_resistance(unknown, "9 MOhm", reversal="0 mV", correction=0.5)
    for setting in ("whole_cell_capacitance_compensation", "series_resistance_prediction"):
        with pytest.raises(CorrectionError, match=setting.replace("_", " ")):
            series_resistance(voltage_clamp(**{setting: 0.7}), "9 MOhm", capacitance="20 pF")
        series_resistance(voltage_clamp(**{setting: 0.7}), "9 MOhm", reversal="0 mV")
    with pytest.raises(CorrectionError, match="without either nothing changes"):
        series_resistance(voltage_clamp(), "9 MOhm")
    for bad, words in (({"correction": 1.0}, "below 1"), ({"capacitance": "-1 pF"}, "below zero")):
        with pytest.raises(CorrectionError, match=words):
            series_resistance(voltage_clamp(), "9 MOhm", reversal="0 mV", **bad)
    with pytest.raises(CorrectionError, match="must be above zero"):
        series_resistance(voltage_clamp(), "-9 MOhm", reversal="0 mV")


def test_subtracted_leak_is_not_subtracted_again():
    recording = voltage_clamp()
    told = Finding("leak subtraction", "on", Basis.STATED, "the protocol subtracts leak (P/N)")
    for changed in (
        replace(recording, findings=(told,)),
        replace(recording, provenance=replace(recording.provenance, source="x_subtracted.csv")),
    ):
        for name in ("seal_resistance", "leak_conductance", "leak_copies", "series_resistance"):
            with pytest.raises(CorrectionError, match="subtract"):
                EVERY[name][1](changed)


def test_pipette_transient_has_to_be_resolved():
    with pytest.raises(CorrectionError, match="pass filter_frequency="):
        pipette_capacitance(voltage_clamp(filter_frequency=None), "2 pF")
    with pytest.raises(CorrectionError, match="at least 2 samples"):
        pipette_capacitance(voltage_clamp(filter_frequency=10.0), "2 pF")


def test_filter_delay_needs_one_corner():
    with pytest.raises(CorrectionError, match="pass filter_frequency="):
        filter_delay(current_clamp())
    made = filter_delay(voltage_clamp(), filter_frequency="1 kHz")
    assert made.trace(0, "response").start == pytest.approx(-0.3365, abs=1e-4)
    assert "1 kHz (given)" in made.corrections[0].source


def test_copies_have_to_be_copies():
    recording = voltage_clamp()
    with pytest.raises(CorrectionError, match="pass copies="):
        p_over_n(recording)
    sweeps = list(recording.sweeps)
    odd = replace(sweeps[0].trace("command"), samples=-80.0 + 10.0 * (TIME > 10))
    sweeps[0] = replace(sweeps[0], traces={**sweeps[0].traces, "command": odd})
    with pytest.raises(CorrectionError, match="are not scaled copies"):
        p_over_n(replace(recording, sweeps=tuple(sweeps)), {2: [0]})
    with pytest.raises(SelectionError, match="copy of itself"):
        p_over_n(recording, {2: [2]})
    with pytest.raises(SelectionError, match="has none"):
        p_over_n(recording, {2: []})


def test_estimates_bring_their_interval_and_refused_ones_their_reason():
    good = Estimate("bridge_error", 0.005, 0.004, 0.007, Status.OK, epoch="B", definition="fitted")
    made = bridge(current_clamp(), good)
    correction = made.corrections[0]
    assert (correction.value, correction.low, correction.high) == (0.005, 0.004, 0.007)
    assert correction.source == "estimated from epoch B: fitted"
    bad = Estimate("bridge_error", None, None, None, Status.TOO_NOISY, "too much noise")
    with pytest.raises(CorrectionError, match="too much noise"):
        bridge(current_clamp(), bad)


def test_finding_says_why_there_is_nothing_to_find():
    with pytest.raises(CorrectionError, match="bridge error was not found"):
        correct_bridge(voltage_clamp())
    with pytest.raises(CorrectionError, match="series resistance was not found"):
        correct_series_resistance(current_clamp())
    with pytest.raises(CorrectionError, match="no membrane or input resistance"):
        cell_without_seal([], "1 GOhm")


def test_seal_cannot_be_leakier_than_the_cell():
    with pytest.raises(CorrectionError, match="reaches that of the seal"):
        without_seal("500 MOhm", "400 MOhm")
    with pytest.raises(CorrectionError, match="reaches that of the seal"):
        without_seal(Measured(0.3, 0.2, 0.6), "500 MOhm")
    wide = without_seal(Measured(0.4, 0.39, 0.41), Measured(2.0, 1.5, 3.0))
    found = wide.membrane_resistance
    assert found.low < 0.5 < found.high
    # each end by the formula itself, added in quadrature
    ends = [0.4 * 3 / 2.6, 0.39 * 2 / 1.61]
    assert found.low == pytest.approx(0.5 - np.hypot(0.5 - ends[0], 0.5 - ends[1]), rel=1e-9)


def test_the_source_of_a_corrected_recording_is_not_replaced(tmp_path):
    path = write_nwb(current_clamp(), tmp_path / "a.nwb")
    made = bridge(loligo.read(path), "5 MOhm")
    with pytest.raises(WriteError, match="is read from"):
        write_nwb(made, path, overwrite=True)
    kept = tuple(
        replace(s, traces={n: t for n, t in s.traces.items() if "as" not in n}) for s in made
    )
    alone = replace(made, sweeps=kept, channels=made.channels[:2])
    with pytest.raises(WriteError, match="is read from"):
        write_nwb(alone, path, overwrite=True)


def test_a_junction_potential_of_solutions():
    """By name and temperature, or as a pair of tables; the record says which."""
    expected = liquid_junction_potential("potassium_gluconate", "acsf", "34 degC")
    made = junction_potential(current_clamp(), "potassium_gluconate in acsf at 34 degC")
    (found,) = made.corrections
    assert found.value == pytest.approx(expected)
    assert found.source.endswith("potassium_gluconate in acsf at 34 degC")
    pair = {"K": "150 mM", "gluconate": "140 mM", "Cl": "10 mM"}, {"Na": "150 mM", "Cl": "150 mM"}
    (other,) = junction_potential(current_clamp(), pair).corrections
    assert other.value == pytest.approx(16.5348, abs=1e-3)
    with pytest.raises(SelectionError, match="did you mean 'acsf'"):
        junction_potential(current_clamp(), "potassium_gluconate in acs")
