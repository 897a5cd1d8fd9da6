"""Linear membranes with chirps and steps computed from their transfer functions in closed form."""

import numpy as np

import loligo
from loligo.recording import Epoch, EpochKind


def rc(resistance=0.15, time_constant=20.0, series=0.0):
    return lambda s: series + resistance / (1 + s * time_constant)


def resonant(leak=6.0, capacitance=120.0, slow=2.0, slow_time=80.0):
    """A membrane with a linear slow conductance [nS, pF, nS, ms], as Ih is for small signals."""
    return lambda s: 1 / (leak + capacitance * s + slow / (1 + s * slow_time))


def chirp(duration=8000.0, rate=0.5, amplitude=20.0, first=0.0002, last=0.02, kind="linear"):
    """Frequency rising linearly or exponentially [ms, kHz]."""
    t = np.arange(round(duration * rate)) / rate
    if kind == "linear":
        return amplitude * np.sin(2 * np.pi * (first + (last - first) / (2 * duration) * t) * t)
    k = np.log(last / first) / duration
    return amplitude * np.sin(2 * np.pi * first * np.expm1(k * t) / k)


def respond(transfer, command, rate):
    """Response from rest, by a transform with so many zeros behind that nothing comes around."""
    size = 4 * command.shape[-1]
    s = 2j * np.pi * np.fft.rfftfreq(size, 1 / rate)
    spectrum = np.fft.rfft(command, size) * transfer(s)
    return np.fft.irfft(spectrum, size)[..., : command.shape[-1]]


def coloured(rng, shape, rate, rms=0.3, memory=15.0, white=0.05):
    """Noise with an exponential memory [ms], and white noise on top."""
    from scipy.signal import lfilter

    keep = np.exp(-1 / (memory * rate))
    drawn = rng.standard_normal(shape)
    drawn[:, 0] /= np.sqrt(1 - keep**2)
    slow = rms * np.sqrt(1 - keep**2) * lfilter([1.0], [1.0, -keep], drawn, axis=1)
    return slow + white * rng.standard_normal(shape)


def recording(command, response, rate, *, unit="mV", command_unit="pA"):
    """Sweeps of one command played as a waveform throughout."""
    rows = np.atleast_2d(response)
    epoch = Epoch("W", EpochKind.WAVEFORM, 0.0, command.size / rate, "command")
    return loligo.from_arrays(
        rows,
        unit=unit,
        sampling_rate=f"{rate} kHz",
        command=np.tile(command, (len(rows), 1)),
        command_unit=command_unit,
        epochs=[[epoch] for _ in rows],
    )


def stepped(made, levels, *, rate, before, during, holding, unit, command_unit):
    """Steps between constant stretches; `made` returns the response to one level's command."""
    count = round((before + during + 100.0) * rate)
    time = np.arange(count) / rate
    on = (time >= before) & (time < before + during)
    commands = np.array([np.where(on, level, holding) for level in levels])

    def rows(level):
        stop = before + during
        return [
            Epoch("pre", EpochKind.HOLD, 0.0, before, "command", holding),
            Epoch("A", EpochKind.STEP, before, stop, "command", level),
            Epoch("post", EpochKind.HOLD, stop, count / rate, "command", holding),
        ]

    return loligo.from_arrays(
        made(commands),
        unit=unit,
        sampling_rate=f"{rate} kHz",
        command=commands,
        command_unit=command_unit,
        epochs=[rows(level) for level in levels],
    )
