"""Recordings of a passive cell in closed form, with noise: the truth every estimate must find."""

import numpy as np

import loligo
from loligo.recording import Epoch, EpochKind, Recording

RATE = 2.0  # kHz
BEFORE, DURING, AFTER = 250.0, 500.0, 50.0  # ms


def epochs(level: float, holding: float = 0.0) -> list[Epoch]:
    on, off = BEFORE, BEFORE + DURING
    return [
        Epoch("pre", EpochKind.HOLD, 0.0, 50.0, "command", holding),
        Epoch("A", EpochKind.STEP, 50.0, on, "command", holding),
        Epoch("B", EpochKind.STEP, on, off, "command", level),
        Epoch("post", EpochKind.HOLD, off, off + AFTER, "command", holding),
    ]


def relaxation(time_constant: float) -> np.ndarray:
    """Response to a unit step: 0 before, 1 - exp(-t / tau) during, its decay after."""
    time = np.arange(int((BEFORE + DURING + AFTER) * RATE)) / RATE
    on, off = BEFORE, BEFORE + DURING
    charged = 1 - np.exp(-np.clip(time - on, 0, DURING) / time_constant)
    return charged * np.where(
        time < off, 1.0, np.exp(-np.clip(time - off, 0, None) / time_constant)
    )


def command(level: float, holding: float = 0.0) -> np.ndarray:
    time = np.arange(int((BEFORE + DURING + AFTER) * RATE)) / RATE
    return np.where((time >= BEFORE) & (time < BEFORE + DURING), level, holding)


def coloured(rng: np.random.Generator, shape: tuple[int, int], rms: float, memory: float):
    """Noise of a given root mean square and exponential correlation time [ms]; 0 is white."""
    white = rng.standard_normal(shape)
    if memory == 0:
        return rms * white
    from scipy.signal import lfilter

    keep = np.exp(-1 / (memory * RATE))
    white[:, 0] /= np.sqrt(1 - keep**2)
    return rms * np.sqrt(1 - keep**2) * lfilter([1.0], [1.0, -keep], white, axis=1)


def current_clamp(
    levels,
    *,
    resistance: float = 0.15,
    rest: float = -68.0,
    time_constant: float = 15.0,
    noise=0.0,
    holding: float = 0.0,
    sampling_rate: str = "2 kHz",
) -> Recording:
    """V = rest + R I (1 - exp(-t / tau)) [mV, GOhm, pA], plus `noise` (sweep, time)."""
    shape = relaxation(time_constant)
    clean = np.array([rest + resistance * (holding + (x - holding) * shape) for x in levels])
    return loligo.from_arrays(
        clean + noise,
        unit="mV",
        sampling_rate=sampling_rate,
        command=np.array([command(x, holding) for x in levels]),
        command_unit="pA",
        epochs=[epochs(x, holding) for x in levels],
    )


def voltage_clamp(
    levels,
    *,
    resistance: float = 0.5,
    reversal: float = -60.0,
    holding: float = -70.0,
    time_constant: float = 0.5,
    noise=0.0,
) -> Recording:
    """I = (V - E) / R with a capacitive transient, plus `noise` (sweep, time)."""
    shape = relaxation(time_constant)
    clean = np.array([(holding - reversal + (x - holding) * shape) / resistance for x in levels])
    return loligo.from_arrays(
        clean + noise,
        unit="pA",
        sampling_rate="2 kHz",
        command=np.array([command(x, holding) for x in levels]),
        command_unit="mV",
        epochs=[epochs(x, holding) for x in levels],
    )
