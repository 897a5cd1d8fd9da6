"""Recordings made by hand that between them have everything a recording can have."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np

from loligo.protocol import Protocol
from loligo.recording import (
    Basis,
    Channel,
    ClampMode,
    Correction,
    Electrode,
    Epoch,
    EpochKind,
    Finding,
    Provenance,
    Recording,
    RigState,
    Role,
    Subject,
    Sweep,
    Tag,
    Trace,
    Truth,
    from_arrays,
)

MOUSE = Subject(
    subject_id="m1", species="Mus musculus", sex="F", age="P90D", description="wild type"
)


STEPS = Protocol("steps", ["shock 1 pC", "step 0.1, 0.001 pA for 10 ms as µ"], holding="0 pA")


def voltage_clamp(electrode: str = "e1") -> tuple[Channel, Channel]:
    mode = ClampMode.VOLTAGE_CLAMP
    return (
        Channel(f"I {electrode}", Role.RESPONSE, "pA", mode, electrode, "nA", "stated"),
        Channel(f"V {electrode}", Role.COMMAND, "mV", mode, electrode, "mV", "protocol"),
    )


def current_clamp(electrode: str = "e1") -> tuple[Channel, Channel]:
    mode = ClampMode.CURRENT_CLAMP
    return (
        Channel(f"Vm {electrode}", Role.RESPONSE, "mV", mode, electrode, "mV", "stated"),
        Channel(f"Ic {electrode}", Role.COMMAND, "pA", mode, electrode, "pA", "protocol"),
    )


def steps(channel: str, level: float) -> tuple[Epoch, ...]:
    return (
        Epoch("pre", EpochKind.HOLD, 0.0, 1 / 3, channel, -70.0),
        Epoch("A", EpochKind.STEP, 1 / 3, 5.0, channel, level),
        Epoch("B", EpochKind.RAMP, 5.0, 7.1, channel, 0.1, level, source="detected"),
        Epoch("C", EpochKind.PULSES, 7.1, 9.7, channel, 20.0, -70.0, 0.3, 0.1),
        Epoch("D", EpochKind.WAVEFORM, 9.7, 10.0),
    )


def everything() -> Recording:
    """Two electrodes, three clamp modes, five channels of other kinds, nothing left at default."""
    rng = np.random.default_rng(1)

    def integers(length: int) -> np.ndarray:
        return rng.integers(-32768, 32767, length).astype(np.int16)

    i1, v1 = voltage_clamp("e1")
    vm2, ic2 = current_clamp("électrode/2: µ")
    zero = Channel("V(I=0)", Role.RESPONSE, "mV", ClampMode.ZERO_CURRENT, "e1", "V", "stated")
    monitor = Channel("Vmon", Role.MONITOR, "mV", ClampMode.VOLTAGE_CLAMP, "e1", "mV", "measured")
    copy = Channel("V copy", Role.COMMAND, "mV", ClampMode.VOLTAGE_CLAMP, "e1", "mV", "digitized")
    pressure = Channel("pressure", Role.AUXILIARY, "mmHg", None, "", "mmHg", "neither")
    trigger = Channel("trigger", Role.AUXILIARY, "", None, "", "", "neither")
    vc_state = RigState(
        capacitance_fast=4.7,
        capacitance_slow=0.3,
        whole_cell_capacitance_compensation=33.3,
        whole_cell_series_resistance_compensation=0.0123,
        series_resistance_correction=0.7,
        series_resistance_prediction=0.85,
        series_resistance_bandwidth=1.02,
        amplifier_gain=5.0,
        filter_frequency=2.9,
        bias_current=0.0,
    )
    cc_state = RigState(
        bias_current=-12.1,
        bridge_balance=0.0171,
        capacitance_neutralization=3.14,
        amplifier_gain=10.0,
    )
    first = Sweep(
        7,
        100.0,
        {
            "I e1": Trace(integers(1000), 10.0, 0.030517578125 / 3, 1.7, 0.0, vc_state),
            "V e1": Trace(np.repeat([-70.0, 0.1, -70.0], [300, 500, 200]), 10.0),
            "Vmon": Trace(integers(777), 10.0, 1 / 320, -0.3, 0.01),
            "V copy": Trace(integers(1000), 10.0, 0.1),
            "pressure": Trace(integers(100).astype(">i4"), 1.0, 0.5),
            "trigger": Trace(np.array([], dtype=np.float32), 1.0),
        },
        steps("V e1", 0.1),
        "Größe ±1",
        {"note": "first"},
    )
    second = Sweep(
        9,
        1234.5678901,
        {
            "V(I=0)": Trace(
                rng.standard_normal(33).astype(np.float32), 20 / 3, 1000.0, 0.0, 0.0, RigState()
            ),
            vm2.name: Trace(rng.standard_normal(2000), 50.0, 1.0, 0.0, 0.25, cc_state),
            ic2.name: Trace(np.zeros(0), 50.0),
        },
    )
    third = Sweep(9, 5000.0, {"V e1": Trace(np.linspace(-70, 70, 50), 1.0)}, steps("V e1", 1e-3))
    fourth = Sweep(11, 6000.0, {"pressure": Trace(np.arange(5), 0.1)})
    return Recording(
        channels=(i1, v1, zero, monitor, copy, vm2, ic2, pressure, trigger),
        sweeps=(first, second, third, fourth),
        provenance=Provenance(
            source="a/b.abf",
            format="ABF 2.6",
            reader="r 1",
            creator="Clampex",
            protocol="steps",
            identifier="{GUID}",
            comment="comment with \x00 in it",
            experimenter=("Doe, Jane", "Ångström, Å."),
            institution="Institute",
            lab="Lab",
            subject=MOUSE,
            history=("one", "two"),
            extra={"notes": "a note", "slices": "acute", "other": "kept"},
        ),
        electrodes=(
            Electrode(
                "e1", "whole-cell", "S1", "acute", "2 GOhm", "5 MOhm", "Bessel", "9 MOhm", "c1",
                "amp", "an amplifier", "maker",
            ),
            Electrode("électrode/2: µ", device="amp/2"),
        ),
        start_time=datetime(2017, 11, 16, 12, 30, 1, 250000),
        tags=(Tag(0.1, "+drug µM ☃", 0), Tag(2000.0 / 3, "wash", None), Tag(1.0, "", 1)),
        findings=(Finding("response", "I e1", Basis.STATED, "types"),),
        corrections=(
            Correction("liquid_junction_potential", "I e1", 14.1, True, "V_m = V - LJP"),
        ),
        problems=("the last sweep is cut short",),
        protocols={"V e1": STEPS},
    )  # fmt: skip


def simulated() -> Recording:
    time = np.arange(2000) / 10.0
    truth = Truth({"membrane_resistance": 0.5, "capacitance": 33.0}, "a resistor and a capacitor")
    return from_arrays(
        [10 * np.exp(-time / 16), 20 * np.exp(-time / 16)],
        unit="mV",
        sampling_rate="10 kHz",
        command=[np.zeros(2000), np.ones(2000)],
        command_unit="pA",
        start_time=datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=2))),
        truth=truth,
    )


def plain_arrays() -> Recording:
    return from_arrays(
        np.arange(3000, dtype=np.int16).reshape(3, 1000),
        unit="nA",
        sampling_rate="20 kHz",
        start_time=datetime(2020, 2, 29, 23, 59, 59, tzinfo=UTC),
    )


ALL = {"everything": everything, "simulated": simulated, "arrays": plain_arrays}
