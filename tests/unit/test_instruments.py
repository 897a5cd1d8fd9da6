"""Named instruments: their controls set the rig, and what an instrument lacks is refused."""

import math
import tomllib

import pytest

from loligo.errors import ModelError, SelectionError, UnitError
from loligo.experiment import read_experiment
from loligo.rig import Pipette, Rig, instruments, model_cells
from loligo.rig.instruments import Control, Instrument, Range

PIPETTE = Pipette(series_resistance="8 MOhm", capacitance="5 pF")
AXOPATCH = instruments.load("axopatch200b")
MULTICLAMP = instruments.load("multiclamp700b")
EPC10 = instruments.load("heka_epc10")


def axopatch(mode="voltage clamp", headstage="whole_cell_1", **settings):
    return AXOPATCH.rig(mode, PIPETTE, headstage=headstage, settings=settings)


def test_the_instruments_are_found_by_name():
    assert instruments.names() == ("axopatch200b", "heka_epc10", "multiclamp700b")
    with pytest.raises(SelectionError, match="did you mean 'axopatch200b'"):
        instruments.load("axopatch200a")


@pytest.mark.parametrize("name", instruments.names())
def test_each_says_where_its_numbers_are_from(name):
    instrument = instruments.load(name)
    assert instrument.source
    assert Instrument.from_toml(instrument.to_toml()) == instrument
    for key, control in instrument.control.items():
        assert bool(control.source) >= control.is_known, key
        assert control.voltage_clamp or control.current_clamp or control.notes, key
    for headstage in instrument.headstage.values():
        assert headstage.source
        assert all(allowed.source for allowed in headstage.control.values())


NEEDED = {
    "axopatch200b": {
        "voltage clamp": {
            "series_resistance": "10 MOhm",
            "whole_cell_cap": "33 pF",
            "correction": "50 %",
        },
        "current clamp": {},
    },
    "heka_epc10": {
        "voltage clamp": {"r_series": "10 MOhm", "c_slow": "22 pF", "rs_comp": "50 %"},
        "current clamp": {},
    },
    "multiclamp700b": {
        "voltage clamp": {
            "whole_cell_resistance": "10 MOhm",
            "whole_cell_cap": "33 pF",
            "rs_compensation_correction": "50 %",
        },
        "current clamp": {
            "slow_current_injection": "-70 mV",
            "slow_current_injection_settling": "1 s",
        },
    },
}
"""Settings that others need beside them."""


@pytest.mark.parametrize("name", instruments.names())
def test_every_control_sets_a_field_that_a_rig_has(name):
    """Each alone, at a value that is allowed, with those it needs."""
    instrument = instruments.load(name)
    base = NEEDED[name]
    for headstage in instrument.headstage:
        for key, control in instrument.control.items():
            allowed = instrument.range_of(key, headstage)
            value = allowed.words[0] if allowed.words else _some(allowed, control)
            for mode, targets in (
                ("voltage clamp", control.voltage_clamp),
                ("current clamp", control.current_clamp),
            ):
                told = {**base[mode], key: value}
                if not targets:
                    with pytest.raises(ModelError, match="sets nothing in"):
                        instrument.rig(mode, PIPETTE, headstage=headstage, settings=told)
                    continue
                rig = instrument.rig(mode, PIPETTE, headstage=headstage, settings=told)
                assert Rig.from_toml(rig.to_toml()) == rig


def _some(allowed, control):
    if allowed.choices:
        return str(allowed.choices[-1]) if allowed.choices[-1].unit else allowed.choices[-1].value
    for end in (allowed.most, allowed.least):
        if end is not None:
            return str(end) if end.unit else min(end.value, 0.9)
    return f"2 {control.unit}" if control.unit else 2.0


def test_the_settings_of_an_axopatch_are_the_amplifiers():
    rig = axopatch(
        whole_cell_cap="33 pF", series_resistance="10 MOhm", prediction="80 %", correction="70 %",
        lag="10 us", fast_mag="4.8 pF", slow_mag="0.5 pF", slow_tau="2 ms", output_gain=5,
        lowpass_bessel_filter="5 kHz",
    )  # fmt: skip
    amplifier = rig.amplifier
    assert amplifier.whole_cell_capacitance_compensation == 33.0
    assert amplifier.whole_cell_series_resistance_compensation == pytest.approx(0.01)
    assert amplifier.series_resistance_prediction == 0.8
    assert amplifier.series_resistance_correction == pytest.approx(0.7)
    assert amplifier.series_resistance_bandwidth == pytest.approx(1 / (2 * math.pi * 0.01))
    assert (amplifier.capacitance_fast, amplifier.capacitance_slow) == (4.8, 0.5)
    assert amplifier.capacitance_slow_time == 2.0
    assert rig.digitizer.current_gain == 5.0  # alpha beta mV/pA
    assert (rig.filter.poles, rig.filter.corner) == (4, 5.0)
    assert rig.limits.headstage_current == pytest.approx(11_000.0 / 0.5)
    assert rig.name == "Axopatch 200B, WHOLE CELL, beta = 1, voltage clamp"


def test_a_headstage_decides_gain_range_and_largest_current():
    large = {"whole_cell_cap": "900 pF", "series_resistance": "3 MOhm"}
    rig = axopatch(headstage="whole_cell_01", output_gain=10, **large)
    assert rig.digitizer.current_gain == 1.0
    assert rig.limits.headstage_current == pytest.approx(11_000.0 / 0.05)
    with pytest.raises(ModelError, match=r"= 900 pF; allowed is 0 pF to 100 pF \(page 115"):
        axopatch(**large)


def test_current_clamp_has_its_own_meaning_of_a_control():
    rig = axopatch("current clamp", series_resistance="9 MOhm", fast_mag="4 pF", output_gain=20)
    assert rig.amplifier.bridge_balance == pytest.approx(0.009)
    assert rig.amplifier.capacitance_neutralization == 4.0
    assert rig.digitizer.voltage_gain == 20.0
    with pytest.raises(ModelError, match=r"CORRECTION.*sets nothing in current clamp"):
        axopatch("current clamp", correction="50 %")


def test_a_multiclamp_holds_slowly_and_balances():
    rig = MULTICLAMP.rig(
        "current clamp", PIPETTE, headstage="rf_500_mohm", noise={"voltage_noise": "3 nV/sqrt(Hz)"},
        settings={
            "bridge_balance": "12 MOhm", "pipette_capacitance_neutralization": "3 pF",
            "holding": "-20 pA", "slow_current_injection": "-70 mV",
            "slow_current_injection_settling": "2 s", "primary_output_gain": 10,
            "primary_output_lowpass": "10 kHz", "primary_output_filter_type": "butterworth",
        },
    )  # fmt: skip
    assert rig.amplifier.bias_current == -20.0
    assert math.exp(-2000.0 / rig.amplifier.holding_time) == pytest.approx(0.01)
    assert rig.filter.kind == "butterworth"
    assert rig.noise.feedback_resistance == 0.5
    assert rig.limits is None  # nothing of its saturation was found documented
    own = MULTICLAMP.rig("voltage clamp", PIPETTE, headstage="rf_50_gohm", saturation="10 V")
    assert own.limits.headstage_current == pytest.approx(200.0)


def test_an_epc10_corrects_and_predicts_with_one_control():
    rig = EPC10.rig(
        "voltage clamp", PIPETTE, headstage="medium",
        settings={"gain": "10 mV/pA", "c_slow": "22 pF", "r_series": "30 MOhm", "rs_comp": "80 %",
                  "rs_comp_speed": "10 us", "stimulus_filter": "20 us", "filter_2": "2.9 kHz"},
    )  # fmt: skip
    assert rig.amplifier.series_resistance_correction == 0.8
    assert rig.amplifier.series_resistance_prediction == 0.8
    assert rig.amplifier.stimulus_time * math.log(9.0) == pytest.approx(0.02)
    assert rig.digitizer.current_gain == 10.0
    with pytest.raises(ModelError, match=r"Gain \(gain\) = 10 mV/pA; it has 50 mV/pA, 100"):
        EPC10.rig("voltage clamp", PIPETTE, headstage="high", settings={"gain": "10 mV/pA"})


@pytest.mark.parametrize(
    ("settings", "error", "told"),
    [
        ({"lowpass_bessel_filter": "3 kHz"}, ModelError, "= 3 kHz; it has 1 kHz, 2 kHz, 5 kHz"),
        ({"output_gain": 3}, ModelError, "= 3; it has 0.5, 1, 2, 5"),
        ({"lag": "10 mV"}, UnitError, r"LAG \(lag\) = 10 mV is a voltage; a time is needed"),
        ({"lag": 10}, UnitError, "has no unit"),
        ({"lagg": "10 us"}, SelectionError, "has no control 'lagg'; did you mean 'lag'"),
        ({"fast_tau": "1 us"}, ModelError, "cancelled at the speed of the clamp"),
        ({"holding_command": "-70 mV"}, ModelError, "the protocol's holding potential"),
        ({"whole_cell_cap": "33 pF"}, ModelError, "whole_cell_series_resistance_compensation"),
    ],
)
def test_what_it_lacks_is_refused(settings, error, told):
    with pytest.raises(error, match=told):
        axopatch(**settings)


def test_what_is_not_the_users_to_set_is_refused():
    with pytest.raises(SelectionError, match="headstage = ''; it has whole_cell_1, whole_cell_01"):
        AXOPATCH.rig("voltage clamp", PIPETTE)
    with pytest.raises(SelectionError, match="mode = 'patch'"):
        AXOPATCH.rig("patch", PIPETTE, headstage="whole_cell_1")
    with pytest.raises(ModelError, match="is that of the headstage"):
        EPC10.rig(
            "voltage clamp", PIPETTE, headstage="low", noise={"feedback_resistance": "1 GOhm"}
        )
    with pytest.raises(ModelError, match="is that of the instrument's output"):
        EPC10.rig("voltage clamp", PIPETTE, headstage="low", digitizer={"current_gain": "1 mV/pA"})
    with pytest.raises(SelectionError, match="has no 'gian'"):
        EPC10.range_of("gian", "low")


def test_descriptions_that_contradict_themselves():
    with pytest.raises(ModelError, match="Cap is in pF; 5 mV is not"):
        Control(label="Cap", unit="pF", most="5 mV")
    said = tomllib.loads(instruments.text("axopatch200b"))
    said["control"]["lag"]["voltage_clamp"] = ["leg"]
    with pytest.raises(ModelError, match=r"control\.lag sets 'leg'; did you mean 'lag'"):
        Instrument(**said)
    said = tomllib.loads(instruments.text("axopatch200b"))
    said["headstage"]["whole_cell_1"]["control"] = {"lug": {"most": "1 us"}}
    with pytest.raises(ModelError, match="no control 'lug'"):
        Instrument(**said)
    with pytest.raises(ModelError, match="least and most, or choices, or words"):
        Range(least="1 pF", choices=["1 pF"])
    with pytest.raises(ModelError, match=r"least = 2 pF and most = 1 pF are no range"):
        Range(least="2 pF", most="1 pF")
    assert not Range().is_known
    assert Range(least="1 pF").told("pF") == "from 1 pF"


def test_numbers_as_documented():
    """Lei et al. 2020, Table 2, and the PATCH-1U of the pyABF recordings."""
    second = model_cells.load("lei2020_type2")
    assert (second.series_resistance, second.membrane_resistance) == pytest.approx((0.03, 0.5))
    assert (second.membrane_capacitance, second.stray_capacitance) == (22.0, 4.7)
    assert second.branch_resistance * second.branch_capacitance == pytest.approx(100.0)  # ms
    patch = model_cells.load("patch1u_cell")
    assert patch.membrane_resistance == pytest.approx(0.5)
    assert (patch.membrane_capacitance, patch.series_resistance) == (33.0, 0.01)
    unchecked = [name for name in model_cells.names() if not model_cells.load(name).checked]
    assert unchecked == ["mc10_10m", "mc10_500m"]


EXPERIMENT = """
kind = "experiment"
cell = "patch1u_cell"

[rig]
instrument = "axopatch200b"
mode = "voltage clamp"
headstage = "whole_cell_1"
settings = {fast_mag = "5 pF", lowpass_bessel_filter = "5 kHz", output_gain = 2}
noise = {voltage_noise = "3 nV/sqrt(Hz)"}

[protocol]
name = "test"
holding = "-70 mV"
epochs = ["hold for 5 ms", "step -80 mV for 10 ms as test"]
"""


def test_an_experiment_names_both(tmp_path):
    path = tmp_path / "test.toml"
    path.write_text(EXPERIMENT)
    made = read_experiment(path)
    assert made.cell == model_cells.load("patch1u_cell")
    assert made.rig.digitizer.current_gain == 2.0
    assert made.rig.pipette.series_resistance == pytest.approx(0.01)
    recording = made.record()
    assert recording.truth.parameters["capacitance"] == 33.0
    assert recording.electrodes[0].device.startswith("Axopatch 200B")
    (tmp_path / "box.toml").write_text(made.cell.to_toml())
    (tmp_path / "bench.toml").write_text(
        'kind = "rig"\n' + EXPERIMENT.partition("[rig]\n")[2].partition("[protocol]")[0]
    )
    head, _, tail = EXPERIMENT.partition("[rig]")
    path.write_text(
        head.replace("patch1u_cell", "box.toml")
        + 'rig = "bench.toml"\n[protocol]'
        + tail.partition("[protocol]")[2]
    )
    assert read_experiment(path) == made


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("patch1u_cell", "patch2u_cell"), "cell: 'patch2u_cell' is neither in the catalogue nor"),
        (('"axopatch200b"', '"axopatch200c"'), "rig: 'axopatch200c' is not in the instruments"),
        (('mode = "voltage clamp"', ""), "rig: mode is missing"),
        (('headstage = "', 'head = "'), "rig: unknown key 'head'"),
        (("output_gain = 2", "output_gain = 4"), "rig: Axopatch 200B.*= 4; it has 0.5, 1, 2"),
        (("patch1u_cell", "hodgkin_huxley1952"), "rig: pipette is missing"),
    ],
)
def test_an_experiment_tells_what_is_wrong(tmp_path, change, told):
    path = tmp_path / "test.toml"
    path.write_text(EXPERIMENT.replace(*change))
    with pytest.raises(ModelError, match=told):
        read_experiment(path)
