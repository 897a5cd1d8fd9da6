"""What the rig did: closed forms of each effect, what is said of it, and what cannot be told."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import loligo
from loligo.analysis import Estimate, Status, analyze
from loligo.analysis.layout import layout_of
from loligo.analysis.rig_effects import (
    Grade,
    RigEffects,
    clamp_corner,
    joined_corner,
    largest_excursion,
    rig_effects,
    settled,
)
from loligo.analysis.rig_effects.grade import LIMITS, graded, limits_of
from loligo.analysis.rig_effects.seal import behind_seal, stated_seal
from loligo.data import example
from loligo.plot import draw_rig_effects
from loligo.plot.rig_effects import position
from loligo.recording import ClampMode

VC, CC = ClampMode.VOLTAGE_CLAMP, ClampMode.CURRENT_CLAMP


@pytest.fixture(scope="module")
def recording():
    """The bundled model cell: 500 MOhm, 33 pF, behind 10.5 MOhm and 10 GOhm; filter 2 kHz."""
    return loligo.read(example())


@pytest.fixture(scope="module")
def effects(recording):
    return {found.channel: found for found in analyze(recording, "rig").of(RigEffects)}


def test_bandwidths_in_closed_form():
    assert clamp_corner(0.010, 100.0) == pytest.approx(0.159154943, abs=1e-9)  # 10 MOhm, 100 pF
    assert clamp_corner(0.002, 100.0) == pytest.approx(5 * 0.159154943, abs=1e-8)  # 80 % corrected
    assert joined_corner(5.0) == 5.0
    assert joined_corner(2.0, 2.0) == pytest.approx(2.0 / np.sqrt(2.0))


def test_an_edge_is_over_after_its_dead_time():
    command = np.repeat([-70.0, -80.0, -80.4, -70.0], 10)  # 0.4 mV is no edge
    away = settled(command, 10.0, 0.5)
    assert away[:9].all()
    assert not away[9:15].any()  # the sample before the edge, and 0.5 ms from it on
    assert away[15:29].all()
    assert not away[29:35].any()
    assert away[35:].all()


def test_the_largest_current_is_found_away_from_edges():
    current = np.zeros(1000)
    current[100:110] = 5000.0  # a transient
    current[600:620] = -800.0
    usable = np.ones(1000, bool)
    usable[95:150] = False
    at, value, low, high = largest_excursion(current, usable, 10.0)
    assert 600 <= at < 620
    assert value == high == -800.0
    assert -850.0 < low < -800.0  # what means and filter may have taken off
    assert largest_excursion(current, np.zeros(1000, bool), 10.0) is None
    assert largest_excursion(current[:0], usable[:0], 10.0) is None


def test_the_interval_gives_way_to_the_choice_among_noise():
    """Of a constant current the largest mean is too large; the interval holds it all the same."""
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(200):
        _, value, low, high = largest_excursion(
            -50.0 + rng.normal(0.0, 5.0, 4000), np.ones(4000, bool), 20.0
        )
        assert value < -50.0
        held += low <= -50.0 <= high
    assert held >= 190


def test_the_model_cell_comes_back(effects):
    """Its rig is known: R_s C_m, the filter, and the seal's share of the conductance."""
    clamp = effects["current"].of("clamp_bandwidth").estimate
    assert clamp.value == pytest.approx(1 / (2 * np.pi * 0.0105 * 33.0), rel=0.005)
    assert clamp.low <= 1 / (2 * np.pi * 0.0105 * 33.0) <= clamp.high
    for found in effects.values():
        assert found.of("recording_bandwidth").estimate.value == 2.0
        share = found.of("seal_share").estimate
        assert share.low <= 500.0 / 10_500.0 <= share.high
    bridge = effects["potential"].of("bridge_error").estimate
    assert bridge.low <= 0.0 <= bridge.high
    whole = effects["potential"].of("series_resistance").estimate
    assert whole.low <= 0.0105 <= whole.high


def test_the_voltage_error_is_the_current_times_the_resistance(recording, effects):
    found = effects["current"]
    error = found.of("worst_voltage_error").estimate
    resistance = found.of("series_resistance").estimate.value
    assert error.value == pytest.approx(-resistance * found.worst.current)
    # the largest steady current is that of the step to -80 mV from a cell that rests at -65 mV
    values = recording.trace(found.worst.sweep, "current").values()
    assert abs(found.worst.current) < np.abs(values).max()  # the transient does not count
    single = [e for e in found.estimates if e.name == "worst_voltage_error" and e.sweep is not None]
    assert max(abs(e.value) for e in single) == pytest.approx(abs(error.value))


@pytest.mark.parametrize(
    ("value", "low", "high", "grade"),
    [
        (5.0, 4.0, 6.0, Grade.GOOD),
        (9.9, 9.0, 10.5, Grade.QUESTIONABLE),  # may be good
        (15.0, 14.0, 16.0, Grade.QUESTIONABLE),
        (19.0, 15.0, 21.0, Grade.QUESTIONABLE),  # may be bad
        (25.0, 22.0, 28.0, Grade.BAD),
        (15.0, 5.0, 30.0, Grade.NOT_TOLD),
    ],
)
def test_a_grade_needs_the_whole_interval(value, low, high, grade):
    entry = Estimate(
        "series_resistance", value / 1e3, low / 1e3, high / 1e3, Status.OK, channel="current"
    )
    found = graded(entry, VC)
    assert found.grade is grade
    assert found.demand == "good: at most 10 MΩ; bad: beyond 20 MΩ"
    assert "ipfx" in found.source
    assert found.reason


def test_signs_do_not_matter_where_only_the_size_does():
    for sign in (-1.0, 1.0):
        ends = sorted((sign * 7.0, sign * 9.0))
        entry = Estimate("worst_voltage_error", sign * 8.0, *ends, Status.OK)
        assert graded(entry, VC).grade is Grade.BAD


def test_what_was_refused_cannot_be_told_and_says_why():
    entry = Estimate("bridge_error", None, None, None, Status.UNRESOLVED, "no step")
    found = graded(entry, CC)
    assert (found.grade, found.reason) == (Grade.NOT_TOLD, "no step")
    assert graded(Estimate("capacitance", 1.0, 1.0, 1.0, Status.OK), VC) is None


def test_every_limit_has_a_source_and_says_what_it_guards():
    for limits in LIMITS:
        assert limits.source
        assert limits.meaning.endswith(".")
        assert limits_of(limits.name, limits.mode or VC) is not None
        assert position(limits, limits.good) == pytest.approx(1.0)
        assert position(limits, limits.bad) == pytest.approx(2.0)


def test_the_seal_of_the_validation_table(recording):
    """R_m 500 MOhm, 50 ms, -70 mV behind 1 GOhm: 333.3 MOhm, 33.3 ms and -46.7 mV are seen."""
    layout = layout_of(recording, "potential")
    seen = [
        Estimate("membrane_resistance", 1 / 3, 1 / 3, 1 / 3, Status.OK, channel="potential"),
        Estimate("membrane_time_constant", 100 / 3, 33.0, 34.0, Status.OK, channel="potential"),
        Estimate("resting_potential", -140 / 3, -47.0, -46.0, Status.OK, channel="potential"),
    ]
    seal = Estimate("seal_resistance", 1.0, 1.0, 1.0, Status.OK)
    found = {e.name: e.value for e in behind_seal(layout, seen, seal)}
    assert found == pytest.approx(
        {
            "seal_share": 1 / 3,
            "cell_resistance": 0.5,
            "cell_time_constant": 50.0,
            "cell_resting_potential": -70.0,
        }
    )


def with_seal(recording, words):
    electrodes = tuple(replace(e, seal=words) for e in recording.electrodes)
    return replace(recording, electrodes=electrodes)


@pytest.mark.parametrize(
    ("words", "value"), [("2 GOhm", 2.0), ("good", None), ("", None), ("-1 GOhm", None)]
)
def test_a_stated_seal_is_a_quantity(recording, words, value):
    found = stated_seal(layout_of(with_seal(recording, words), "current"))
    assert (found.value if found is not None else None) == value


def test_without_a_stated_seal_there_is_its_bound(recording):
    found = rig_effects(with_seal(recording, ""), "current", analyze(recording, "membrane_test"))
    seal = found.of("seal_resistance")
    assert (seal.grade, seal.estimate.status) == (Grade.NOT_TOLD, Status.BOUND)
    assert "cannot be told" in seal.reason
    share = found.of("seal_share")
    assert share.grade is Grade.NOT_TOLD
    assert "does not state the seal" in share.reason


def test_without_any_measurement_nothing_is_told(recording):
    found = rig_effects(recording, "current")
    assert {e.grade for e in found.graded if e.estimate.name != "seal_resistance"} <= {
        Grade.NOT_TOLD,
        Grade.GOOD,  # the filter, which the file states
    }
    assert "was not made" in found.of("series_resistance").reason
    assert found.excursions == ()
    draw_rig_effects(recording, found)


@pytest.mark.parametrize("channel", ["current", "potential"])
def test_the_figure_shows_every_effect(recording, effects, channel):
    found = effects[channel]
    figure = draw_rig_effects(recording, found, {"seal_share": 0.05})
    axes = figure.axes
    labels = [label.get_text() for label in axes[0].get_yticklabels()]
    assert labels == [e.estimate.name.replace("_", " ") for e in found.graded]
    assert "worst voltage error" in axes[1].get_title(loc="left")
    assert axes[2].get_xscale() == "log"


def test_tables_and_json_have_it():
    from loligo.report.result import examine
    from loligo.report.tables import as_json
    from loligo.report.tidy import table_of

    result = examine(str(example()))
    found = json.loads(as_json(result))["rig"]
    assert {entry["channel"] for entry in found} == {"current", "potential"}
    assert {entry["verdict"] for entry in found} <= {grade.value for grade in Grade}
    named = {entry["name"]: entry for entry in found if entry["channel"] == "current"}
    assert named["clamp_bandwidth"]["unit"] == "kHz"
    assert named["clamp_bandwidth"]["source"]
    table = table_of("verdict")
    table.add(result)
    rows = [row for row in table.rows if row["criterion"] == "rig: worst_voltage_error"]
    assert [row["channel"] for row in rows] == ["current", "potential"]
    cells = table_of("cell")
    cells.add(result)
    assert cells.rows[0]["worst_voltage_error [mV]"] == pytest.approx(0.38, abs=0.05)


def test_a_rounded_peak_is_within_the_interval():
    """A Gaussian peak of -1000 pA, behind a filter whose impulse is a Gaussian too."""
    times = np.arange(0.0, 20.0, 0.02)  # 50 kHz
    width, blur = 0.2, 0.0265  # ms
    seen = np.hypot(width, blur)
    current = -1000.0 * (width / seen) * np.exp(-0.5 * ((times - 10.0) / seen) ** 2)
    _, value, low, high = largest_excursion(current, np.ones(times.size, bool), 50.0, blur)
    assert -1000.0 < value < -950.0
    assert low < -1000.0 * 0.995
    assert low > -1050.0
    assert high == value


def test_a_filter_that_the_file_does_not_state_is_seen_at_the_edges(recording):
    """The model cell's filter of 2 kHz, found from its steps alone."""
    sweeps = tuple(
        replace(
            sweep,
            traces={
                name: trace
                if trace.rig_state is None
                else replace(trace, rig_state=replace(trace.rig_state, filter_frequency=None))
                for name, trace in sweep.traces.items()
            },
        )
        for sweep in recording.sweeps
    )
    found = analyze(replace(recording, sweeps=sweeps), "rig").of(RigEffects)[0]
    corner = found.of("recording_bandwidth").estimate
    assert corner.low <= 2.0 <= corner.high
    assert "fitted to the edges" in corner.reason
