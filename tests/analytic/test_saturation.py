"""What saturates, against the clipped, filtered current of a resistor; what does not is linear."""

import numpy as np
import pytest

from loligo import Protocol, read, record, write_nwb
from loligo.analysis.quality import quality
from loligo.errors import ModelError
from loligo.recording import compare
from loligo.rig import Bessel, Digitizer, Limits, Noise, Pipette, Rig, VoltageClamp, model_cells

BATH = model_cells.load("patch1u_bath")
FAST = Rig(
    pipette=Pipette(series_resistance="1 MOhm"),
    amplifier=VoltageClamp(
        clamp_time="0.1 us", current_time="0.1 us", summing_time="0.1 us", capacitance_fast="5 pF"
    ),
    filter=Bessel(corner="5 kHz"),
    digitizer=Digitizer(bits=24, sampling="20 kHz"),
)
RAMP = Protocol(
    "ramp",
    ["hold for 5 ms", "ramp to 100 mV for 20 ms", "ramp to 0 mV for 20 ms"],
    holding="0 mV",
)
LATE = 25.0 + (100.0 - (4.0 - 0.025) * 10.0) / 5.0
"""When 4 nA no longer hold 10 MOhm above the falling ramp [ms]: the cancellation of the pipette
injects 5 pF times 5 mV/ms, 25 pA, beside the headstage."""
STEP = Protocol(
    "step",
    ["hold for 20 ms", "step 60 mV for 40 ms as test", "hold for 20 ms"],
    holding="0 mV",
)
NOISE = Noise(feedback_resistance="500 MOhm", voltage_noise="3 nV/sqrt(Hz)")


def response(rig, protocol, cell=BATH, **options):
    return record(cell, rig, protocol, **options).sweeps[0].trace("response").values()


def limited(rig, **limits):
    return rig.with_(limits=limits)


def test_a_headstage_clips_before_the_filter():
    """10 MOhm under a ramp: V / R, at most 4 nA, through the filter."""
    rig = limited(FAST, headstage_current="4 nA")
    fine = np.arange(0, 45.0, 0.001)
    current = np.clip(np.interp(fine, [0, 5, 25, 45], [0, 0, 100, 0]) / 0.01, None, 4000.0)
    current[fine < LATE] = np.maximum.accumulate(current[fine < LATE])
    exact = rig.filter.apply(current, "1000 kHz")[::50]
    found = response(rig, RAMP)
    assert found == pytest.approx(exact, abs=4.0)  # of 4 nA; the amplifier is 0.3 us late
    assert found.max() == pytest.approx(4000.0, abs=40.0)
    assert response(FAST, RAMP).max() > 9900.0


def test_without_a_filter_it_clips_where_it_is():
    rig = limited(FAST.with_(filter=None), headstage_current="4 nA")
    free = np.clip(response(FAST.with_(filter=None), RAMP), -4000, 4000)
    found, t = response(rig, RAMP), np.arange(900) / 20.0
    assert found[t < LATE] == pytest.approx(np.maximum.accumulate(free[t < LATE]), abs=0.01)
    assert found[t > LATE + 0.001] == pytest.approx(free[t > LATE + 0.001], abs=0.01)


def test_what_is_linear_stays_linear():
    wide = limited(FAST.with_(noise=NOISE.written()), headstage_current="20 nA", output="10 V")
    free, same = (response(rig, RAMP, seed=3) for rig in (wide.with_(limits=None), wide))
    assert (free == same).all()
    half, whole = (response(limited(FAST, headstage_current="3 uA"), p) for p in (
        Protocol("half", ["step 20 mV for 5 ms"], holding="0 mV"),
        Protocol("whole", ["step 40 mV for 5 ms"], holding="0 mV"),
    ))  # fmt: skip
    assert whole == pytest.approx(2.0 * half, abs=0.01)


def test_below_the_limit_a_saturating_sweep_is_as_without_it():
    rig = limited(FAST, headstage_current="4 nA")
    free, found = response(FAST, RAMP), response(rig, RAMP)
    rising = slice(0, int((5 + 7.9) * 20))
    assert found[rising] == pytest.approx(free[rising], abs=1e-6)


@pytest.mark.parametrize(("gain", "limit"), [("1 mV/pA", 2000.0), ("4 mV/pA", 500.0)])
def test_an_output_stage_clips_behind_the_gain(gain, limit):
    rig = limited(FAST.with_(**{"digitizer.current_gain": gain}), output="2 V")
    found = response(rig, RAMP)
    assert found.max() == pytest.approx(limit, rel=1e-6)
    assert (found[response(FAST, RAMP) > limit + 1] == found.max()).all()


def test_current_clamp_has_an_output_stage_too():
    rig = limited(
        FAST.with_(amplifier={"kind": "current clamp"}, digitizer={"voltage_gain": 100.0}),
        output="2 V",
    )
    cell = model_cells.load("patch1u_cell")
    steps = Protocol("steps", ["hold for 5 ms", "step 100 pA for 100 ms"], holding="0 pA")
    recording = record(cell, rig, steps, dt="20 us")
    found = recording.sweeps[0].trace("response").values()
    assert found.max() == pytest.approx(20.0, abs=0.01)  # mV, of 51
    assert recording.truth.traces["v"].values(0).max() > 45.0
    assert recording.truth.traces["saturated.output"].values(0).sum() > 1000


def test_noise_does_not_come_through_a_saturated_headstage():
    rig = limited(FAST.with_(noise=NOISE.written()), headstage_current="4 nA")
    quiet, found = (
        response(FAST.with_(noise=NOISE.written()), STEP, seed=2),
        response(rig, STEP, seed=2),
    )
    inside, outside = slice(25 * 20, 59 * 20), slice(0, 19 * 20)
    assert found[inside] == pytest.approx(4000.0, abs=0.02)
    assert (found[outside] == quiet[outside]).all()
    assert found[outside].std() > 1.0


def test_it_is_told_marked_and_kept(tmp_path):
    # 20 mV in 60 us charge 5 pF by less than what is left of 4 nA; after 60 mV the cancellation,
    # 5 pF V' / 1000 beside 4 nA, has the pipette back only where 60 x = 40 - 50 x, 61 us late
    rig = limited(FAST.with_control(summing_time="60 us"), headstage_current="4 nA")
    twice = Protocol(
        "steps", ["hold for 5 ms", "step 20, 60 mV for 10 ms", "hold for 5 ms"], holding="0 mV"
    )
    recording = record(BATH, rig, twice)
    marked = recording.truth.traces["saturated.headstage"]
    assert marked.values(0).sum() == 0
    assert marked.values(1).nonzero()[0].tolist() == list(range(100, 302))
    told = [finding.value for finding in recording.findings if finding.subject == "saturation"]
    assert told == [
        "202 samples were beyond the largest current that the headstage measures, in 1 of 2 "
        "sweeps, first at 5 ms of sweep 1"
    ]
    again = read(write_nwb(recording, tmp_path / "saturated.nwb"))
    assert compare(recording, again) == ()
    assert (again.truth.traces["saturated.headstage"].values(1) == marked.values(1)).all()


@pytest.mark.parametrize(
    ("limits", "bits"), [({"headstage_current": "4 nA"}, 16), ({"output": "4 V"}, 16)]
)
def test_quality_finds_it_on_the_trace(limits, bits):
    """From the samples alone: where the truth says that the amplifier was out of range."""
    rig = limited(
        FAST.with_(noise=NOISE.written(), digitizer={"bits": bits, "sampling": "20 kHz"}), **limits
    )
    recording = record(BATH, rig, STEP, seed=5)
    (mark,) = (t for name, t in recording.truth.traces.items() if name.startswith("saturated"))
    found = {e.name: e.value for e in quality(recording).estimates if e.sweep is None}
    at = {e.name: e.value for e in quality(recording).estimates if e.sweep == 0}
    assert found["saturated_share"] == pytest.approx(mark.values(0).mean(), abs=0.02)
    assert at["first_saturation_time"] == pytest.approx(20.0, abs=0.6)
    free = record(BATH, rig.with_(limits=None), STEP, seed=5)
    clean = {e.name: e.value for e in quality(free).estimates if e.sweep is None}
    assert clean["saturated_share"] == 0.0


@pytest.mark.parametrize(
    ("limits", "protocol", "told"),
    [
        ({"command_potential": "50 mV"}, STEP, "reaches 60 mV; the amplifier takes up to 50 mV"),
        ({"predicted_potential": "200 mV"}, STEP, "prediction of 80% makes 300 mV of the command"),
    ],
)
def test_a_command_beyond_the_amplifier_is_refused(limits, protocol, told):
    rig = limited(
        FAST.with_(
            amplifier={
                "kind": "voltage clamp",
                "whole_cell_capacitance_compensation": "33 pF",
                "whole_cell_series_resistance_compensation": "10 MOhm",
                "series_resistance_prediction": 0.8,
            }
        ),
        **limits,
    )
    with pytest.raises(ModelError, match=told):
        record(model_cells.load("patch1u_cell"), rig, protocol)


def test_a_current_beyond_the_feedback_resistor_is_refused():
    rig = limited(
        FAST.with_(amplifier={"kind": "current clamp", "bias_current": "150 pA"}),
        command_current="200 pA",
    )
    steps = Protocol("steps", ["step 100 pA for 5 ms"], holding="0 pA")
    with pytest.raises(ModelError, match="reaches 250 pA; the amplifier takes up to 200 pA"):
        record(model_cells.load("patch1u_cell"), rig, steps)
    assert Limits().headstage_current is None
