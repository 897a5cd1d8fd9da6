"""Recordings of a test pulse repeated over sweeps, in closed form, whose course a test chooses."""

import numpy as np

from loligo.recording import (
    Channel,
    ClampMode,
    Epoch,
    EpochKind,
    Provenance,
    Recording,
    Role,
    Sweep,
    Trace,
)

RATE = 10.0  # kHz
ON, OFF, END = 300.0, 600.0, 2000.0  # ms
INTERVAL = 10_000.0  # ms from sweep to sweep
STEP = {ClampMode.VOLTAGE_CLAMP: -10.0, ClampMode.CURRENT_CLAMP: -50.0}
HOLDING = {ClampMode.VOLTAGE_CLAMP: -70.0, ClampMode.CURRENT_CLAMP: 0.0}


def pulsed(mode, responses, *, monitor=None, gain=None):
    """One sweep a row of `responses` ``(sweep, time)``; integers of a gain where one is given."""
    voltage = mode is ClampMode.VOLTAGE_CLAMP
    unit, other = ("pA", "mV") if voltage else ("mV", "pA")
    channels = [
        Channel("response", Role.RESPONSE, unit, mode, "e"),
        Channel("command", Role.COMMAND, other, mode, "e"),
    ]
    if monitor is not None:
        channels.append(Channel("monitor", Role.MONITOR, other, mode, "e"))
    held, level = HOLDING[mode], HOLDING[mode] + STEP[mode]
    epochs = (
        Epoch("A", EpochKind.HOLD, 0.0, ON, "command", held),
        Epoch("B", EpochKind.STEP, ON, OFF, "command", level),
        Epoch("post", EpochKind.HOLD, OFF, END, "command", held),
    )
    sweeps = []
    for number, row in enumerate(responses):
        stored = row
        if gain is not None:
            stored = np.clip(np.round(row / gain), -32768, 32767).astype(np.int16)
        traces = {
            "response": Trace(stored, RATE, 1.0 if gain is None else gain),
            "command": Trace(command(mode), RATE),
        }
        if monitor is not None:
            traces["monitor"] = Trace(monitor, RATE)
        sweeps.append(Sweep(number, number * INTERVAL, traces, epochs))
    return Recording(tuple(channels), tuple(sweeps), Provenance(source="pulsed", format="arrays"))


def times():
    return np.arange(int(END * RATE)) / RATE


def command(mode, size=1.0, late=0.0):
    time = times()
    on = (time >= ON + late) & (time < OFF + late)
    return HOLDING[mode] + size * STEP[mode] * on


def clamped(rng, *, series=0.01, membrane=0.5, capacitance=30.0, holding=-50.0, noise=2.0):
    """Current of a one-compartment cell in voltage clamp [pA, GOhm, pF], white noise added."""
    time, step = times(), STEP[ClampMode.VOLTAGE_CLAMP]
    total = series + membrane
    tau = capacitance * series * membrane / total
    made = np.full(time.size, float(holding))
    for at, sign in ((ON, 1.0), (OFF, -1.0)):
        since = time - at
        after = since >= 0
        charging = np.exp(-since[after] / tau) * membrane / series
        made[after] += sign * step / total * (1 + charging)
    return made + noise * rng.standard_normal(time.size)


def injected(rng, *, resistance=0.2, rest=-70.0, tau=15.0, noise=0.1):
    """Potential of a one-compartment cell in current clamp [mV, GOhm], white noise added."""
    time, step = times(), STEP[ClampMode.CURRENT_CLAMP]
    made = np.full(time.size, float(rest))
    for at, sign in ((ON, 1.0), (OFF, -1.0)):
        since = time - at
        after = since >= 0
        made[after] += sign * step * resistance * (1 - np.exp(-since[after] / tau))
    return made + noise * rng.standard_normal(time.size)
