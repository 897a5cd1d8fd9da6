"""Recordings through rigs that drift: each sweep is that of its own rig, and says so."""

from __future__ import annotations

import numpy as np
import pytest

from loligo import Protocol, read, record, simulate, write_nwb
from loligo.cell import Cell, catalogue
from loligo.errors import ModelError, SelectionError
from loligo.experiment import read_experiment
from loligo.recording import compare
from loligo.rig import CurrentClamp, Digitizer, Drift, Noise, Pipette, Rig, VoltageClamp

CELL = Cell(
    name="a passive cell",
    capacitance="80 pF",
    temperature="22 degC",
    initial_potential="-70 mV",
    channel={"leak": {"conductance": "5 nS", "reversal": "-70 mV"}},
)
RIG = Rig(
    pipette=Pipette(series_resistance="10 MOhm", seal_resistance="5 GOhm"),
    amplifier=VoltageClamp(capacitance_fast="5 pF"),
    digitizer=Digitizer(sampling="20 kHz", bits=24),
    drift=[
        {"of": "pipette.series_resistance", "course": "linear", "to": "30 MOhm"},
        {"of": "pipette.seal_resistance", "to": "200 MOhm", "sweep": 3},
    ],
)
TEST = Protocol(
    "test", ["step -80 mV for 30 ms as test"], holding="-70 mV", sweeps=5, sweep_interval="1 s"
)
RESISTANCES = np.array([0.010, 0.015, 0.020, 0.025, 0.030])
SEALS = np.array([5.0, 5.0, 5.0, 0.2, 0.2])


def test_each_sweep_has_the_resistance_of_its_time():
    """Ohm's law in each sweep: a cell of 200 MOhm, the seal beside it, R_s before both."""
    recording = record(CELL, RIG, TEST)
    conductance = 5.0 + 1.0 / SEALS
    reversal = -350.0 / conductance
    expected = (-80.0 - reversal) / (RESISTANCES + 1.0 / conductance)
    late = [sweep.trace("response").values()[-20:].mean() for sweep in recording.sweeps]
    assert late == pytest.approx(expected, abs=2e-3)
    truth = recording.truth
    assert truth.by_sweep["series_resistance"] == pytest.approx(RESISTANCES)
    assert truth.by_sweep["seal_resistance"] == tuple(SEALS)
    assert truth.by_sweep["membrane_resistance"] == pytest.approx(1.0 / conductance)
    assert truth.by_sweep["resting_potential"] == pytest.approx(reversal)
    assert "series_resistance" not in truth.parameters
    assert truth.parameters["capacitance"] == 80.0
    assert truth.value("series_resistance", 2) == pytest.approx(0.02)
    assert truth.value("capacitance", 2) == 80.0


def test_a_batch_of_sweeps_has_the_numbers_of_each_alone():
    axon = catalogue.load("hodgkin_huxley1952").with_(area="8000 um2")
    family = Protocol("family", ["step -40..20 mV by 20 mV for 4 ms"], holding="-65 mV")
    rig = RIG.with_(
        drift=[{"of": "pipette.series_resistance", "course": "linear", "to": "20 MOhm"}]
    )
    recording = record(axon, rig, family, dt="20 us", truth=["v", "na.m"])
    for sweep, level in enumerate((-40, -20, 0, 20)):
        alone = record(
            axon,
            rig.over([0.0, 4.0, 8.0, 12.0])[sweep],
            Protocol("alone", [f"step {level} mV for 4 ms"], holding="-65 mV"),
            dt="20 us",
            truth=["v", "na.m"],
        )
        for name in ("v", "na.m"):
            found = recording.truth.traces[name].values(sweep)
            assert found == pytest.approx(alone.truth.traces[name].values(0), rel=1e-9, abs=1e-9)


def test_rigs_by_cell_and_sweep():
    family = Protocol("family", ["step -40..20 mV by 30 mV for 2 ms"], holding="-65 mV")
    many = [
        [
            VoltageClamp().system(Pipette(series_resistance=f"{r + 3 * sweep} MOhm"))
            for sweep in range(3)
        ]
        for r in (5, 8)
    ]
    both = simulate(CELL, family, rig=many, initial="rest", dt="20 us")
    for cell in range(2):
        for sweep in range(3):
            one = simulate(CELL, family, rig=many[cell][sweep], initial="rest", dt="20 us")
            assert both["v"][cell, sweep] == pytest.approx(one["v"][0, sweep], abs=1e-9)
    with pytest.raises(ModelError, match="one for each sweep is needed"):
        simulate(CELL, family, rig=[many[0][:2]])
    with pytest.raises(ModelError, match="as many rigs"):
        simulate(CELL, family, rig=[many[0], many[1][:2]])
    twin = simulate(CELL, family, rig=many, initial="rest", dt="20 us", target="twin")
    assert twin["v"] == pytest.approx(both["v"], abs=1e-9)


def test_the_bridge_that_is_left_behind_shows_in_its_sweeps():
    rig = Rig(
        pipette=Pipette(series_resistance="20 MOhm"),
        amplifier=CurrentClamp(bridge_balance="20 MOhm"),
        digitizer=Digitizer(bits=24),
        drift=[Drift(of="amplifier.bridge_balance", to="5 MOhm", sweep=1)],
    )
    pulse = Protocol("pulse", ["step 100 pA for 200 ms as pulse"], holding="0 pA", sweeps=2)
    recording = record(CELL, rig, pulse, dt="20 us")
    ends = [sweep.trace("response").values()[-1] for sweep in recording.sweeps]
    assert ends[1] - ends[0] == pytest.approx(1.5, abs=1e-3)  # 15 MOhm at 100 pA
    assert recording.truth.by_sweep["bridge_error"] == pytest.approx((0.0, 0.015))
    states = [sweep.trace("response").rig_state.bridge_balance for sweep in recording.sweeps]
    assert states == pytest.approx([0.02, 0.005])


def test_a_drifting_offset_moves_the_cell_under_voltage_clamp():
    rig = RIG.with_(drift=[{"of": "pipette.electrode_offset", "course": "linear", "to": "8 mV"}])
    recording = record(CELL, rig, TEST)
    v = [recording.truth.traces["v"].values(sweep)[-1] for sweep in range(5)]
    slope = (1.0 / 5.2) / (1.0 / 5.2 + 0.01)
    assert np.diff(v) == pytest.approx(np.full(4, -2.0 * slope), abs=1e-3)


def test_a_control_that_is_switched_on_is_wired_anew():
    rig = RIG.with_(
        drift=[
            {"of": "amplifier.whole_cell_series_resistance_compensation", "to": "10 MOhm"},
            {"of": "amplifier.whole_cell_capacitance_compensation", "to": "80 pF", "sweep": 2},
        ]
    )
    recording = record(CELL, rig, TEST)
    charges = []
    for sweep in recording.sweeps:
        current = sweep.trace("response").values()
        charges.append((current - current[-20:].mean()).sum() / 20.0)  # fC
    step, share = 10.0, 1.0 / (1.0 + 5.2 * 0.01)
    assert charges[:2] == pytest.approx([-80.0 * step * share**2] * 2, rel=0.03)
    # the amplifier's own estimate of 80 pF carries the whole step
    assert charges[2:] == pytest.approx([80.0 * step * (1.0 - share**2)] * 3, abs=25.0)


def test_noise_is_that_of_each_sweeps_circuit():
    """Of a series resistance four times as large: sqrt(4kT/R_s) halves; sweeps before it stay."""
    noisy = RIG.with_(
        noise=Noise(feedback_resistance="5 GOhm"),
        filter={"kind": "bessel", "corner": "5 kHz"},
        drift=[],
    )
    drifts = noisy.with_(drift=[{"of": "pipette.series_resistance", "to": "40 MOhm", "sweep": 3}])
    quiet = [record(CELL, each.with_(noise=None), TEST) for each in (noisy, drifts)]
    found = [record(CELL, each, TEST, seed=1) for each in (noisy, drifts)]
    for one, other in zip(found[0].sweeps[:3], found[1].sweeps[:3], strict=True):
        assert (one.trace("response").samples == other.trace("response").samples).all()
    spread = [
        np.std(a.sweeps[4].trace("response").values() - b.sweeps[4].trace("response").values())
        for a, b in zip(found, quiet, strict=True)
    ]
    assert spread[1] / spread[0] == pytest.approx(0.5, rel=0.1)


def test_nwb_keeps_what_each_sweep_was(tmp_path):
    recording = record(CELL, RIG, TEST)
    again = read(write_nwb(recording, tmp_path / "drift.nwb"))
    assert compare(recording, again) == ()
    assert again.truth.by_sweep == recording.truth.by_sweep
    picked = again.select([4, 1])
    assert picked.truth.by_sweep["series_resistance"] == pytest.approx((0.03, 0.015))
    assert picked.truth.traces["v"].values(1) == pytest.approx(
        recording.truth.traces["v"].values(1)
    )
    with pytest.raises(SelectionError, match="series_resistance"):
        again.truth.value("series_resistence", 0)
    with pytest.raises(SelectionError, match="there are 5"):
        again.truth.value("series_resistance", 5)


def test_an_experiment_tells_it(tmp_path):
    (tmp_path / "drift.toml").write_text(
        """
kind = "experiment"
cell = "hodgkin_huxley1952"
[parameters]
area = "8000 um2"
[rig]
pipette = {series_resistance = "10 MOhm"}
amplifier = {kind = "voltage clamp"}
[[rig.drift]]
of = "pipette.series_resistance"
course = "exponential"
to = "25 MOhm"
time_constant = "10 s"
[protocol]
name = "test"
holding = "-70 mV"
sweeps = 3
sweep_interval = "5 s"
epochs = ["step -80 mV for 5 ms"]
"""
    )
    recording = read_experiment(tmp_path / "drift.toml").record()
    expected = 0.025 - 0.015 * np.exp(-np.array([0.0, 0.5, 1.0]))
    assert recording.truth.by_sweep["series_resistance"] == pytest.approx(expected)
    assert [sweep.start for sweep in recording] == [0.0, 5000.0, 10000.0]


def test_breaking_in():
    """A patch of 10 GOhm and a seal of 5 GOhm: Ohm's law before and after the patch breaks."""
    pipette = Pipette(
        series_resistance="10 MOhm", seal_resistance="5 GOhm", patch_resistance="10 GOhm"
    )
    rig = Rig(
        pipette=pipette,
        amplifier=VoltageClamp(capacitance_fast="5 pF"),
        digitizer=Digitizer(sampling="20 kHz", bits=24, current_gain="100 mV/pA"),
        drift=[{"of": "pipette.patch_resistance", "to": "0 MOhm", "sweep": 2}],
    )
    gentle = Protocol("test", ["step -71 mV for 30 ms as test"], holding="-70 mV", sweeps=4)
    recording = record(CELL, rig, gentle)
    late = [sweep.trace("response").values()[-20:].mean() for sweep in recording.sweeps]
    # nodes: the tip, between R_s, seal (to 0 mV) and patch; the cell, between patch and membrane
    nodes = np.array([[100.0 + 0.2 + 0.1, -0.1], [-0.1, 0.1 + 5.0]])
    tip, inside = np.linalg.solve(nodes, [100.0 * -71.0, 5.0 * -70.0])
    assert late[:2] == pytest.approx([(-71.0 - tip) / 0.01] * 2, abs=1e-3)
    assert recording.truth.traces["v"].values(0)[-1] == pytest.approx(inside, abs=5e-3)
    whole = (-71.0 + 350.0 / 5.2) / (0.01 + 1.0 / 5.2)
    assert late[2:] == pytest.approx([whole] * 2, abs=1e-2)
    truth = recording.truth.by_sweep
    assert truth["patch_resistance"][0] == 10.0
    assert np.isnan(truth["patch_resistance"][3])
    assert truth["membrane_resistance"] == pytest.approx([0.2, 0.2, 1 / 5.2, 1 / 5.2])
    before = 0.01 + 1.0 / (1.0 / 5.0 + 1.0 / 10.2)
    assert truth["total_resistance"] == pytest.approx([before] * 2 + [0.01 + 1 / 5.2] * 2)


def test_the_potential_in_the_tip_of_a_patch_that_is_whole():
    """Pipette, tip and cell in time, against their equations written anew and solved by SciPy."""
    from scipy.integrate import solve_ivp

    pipette = Pipette(
        series_resistance="50 MOhm",
        capacitance="3 pF",
        seal_resistance="2 GOhm",
        seal_reversal="-5 mV",
        patch_resistance="1 GOhm",
        patch_capacitance="2 pF",
    )
    system = CurrentClamp().system(pipette)
    pulse = Protocol("pulse", ["step 20 pA for 30 ms"], holding="0 pA")
    names = ["v", "rig.pipette", "rig.patch"]
    found = simulate(CELL, pulse, rig=system, initial="rest", record=names, dt="5 us")

    def slope(_, z, command):
        v_p, follower, injected, patch, v = z
        flow = (v_p - patch - v) / 0.05
        leak = (patch + v + 5.0) / 2.0
        return [
            (injected - flow) / 3.0,
            (v_p - follower) / 0.002,
            (command - injected) / 0.002,
            (flow - leak - patch / 1.0) / 2.0,
            (flow - leak - 5.0 * (v + 70.0)) / 80.0,
        ]

    matrix = np.array([slope(0, row, 0.0) for row in np.eye(5)]).T
    constant = np.array(slope(0, np.zeros(5), 0.0))
    start = np.linalg.solve(matrix - constant[:, None], -constant)
    true = solve_ivp(
        slope, (0.0, 30.0), start, args=(20.0,), method="Radau", t_eval=found.times,
        rtol=1e-10, atol=1e-10,
    ).y  # fmt: skip
    for name, row in (("v", 4), ("rig.pipette", 0), ("rig.patch", 3)):
        assert found[name][0, 0] == pytest.approx(true[row], abs=2e-3)
