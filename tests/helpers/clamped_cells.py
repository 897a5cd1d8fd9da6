"""Voltage-clamped cells of known circuit, solved by matrix exponentials, with filter and noise.

The circuit's equations and the filter's state space are written down and solved numerically as one
linear system; no formula of the library is used.
"""

from dataclasses import dataclass

import numpy as np
from scipy.signal import bessel, zpk2ss


@dataclass(frozen=True)
class Truth:
    series_resistance: float  # GOhm
    membrane_resistance: float
    capacitance: float  # pF
    clamp_time_constant: float  # ms
    total_resistance: float


def bessel4(corner):
    """State space of a 4-pole Bessel low-pass, corner in kHz, time in ms."""
    zeros, poles, gain = bessel(4, 2 * np.pi * corner, analog=True, norm="mag", output="zpk")
    return zpk2ss(zeros, poles, gain)


def circuit(rs, compartments, coupling=None, growth=None):
    """Return A, B, C, D from command [mV] to pipette current [pA].

    `compartments` holds (capacitance, resistance) of soma and perhaps dendrite, joined by
    `coupling` [GOhm]; `growth` is (conductance, time) of a current that grows after a step.
    """
    n = len(compartments)
    a = np.zeros((n, n))
    for k, (c, r) in enumerate(compartments):
        a[k, k] -= 1 / (r * c)
    a[0, 0] -= 1 / (rs * compartments[0][0])
    if n == 2:
        for k, other in ((0, 1), (1, 0)):
            a[k, k] -= 1 / (coupling * compartments[k][0])
            a[k, other] += 1 / (coupling * compartments[k][0])
    b = np.zeros((n, 1))
    b[0, 0] = 1 / (rs * compartments[0][0])
    c = np.zeros((1, n))
    c[0, 0] = -1 / rs
    d = np.array([[1 / rs]])
    if growth is not None:
        conductance, time = growth
        a = np.block([[a, np.zeros((n, 1))], [np.zeros((1, n)), np.array([[-1 / time]])]])
        b = np.vstack([b, [[1 / time]]])
        c = np.hstack([c, [[conductance]]])
    return a, b, c, d


def in_series(first, second):
    a1, b1, c1, d1 = first
    a2, b2, c2, d2 = second
    a = np.block([[a1, np.zeros((len(a1), len(a2)))], [b2 @ c1, a2]])
    return a, np.vstack([b1, b2 @ d1]), np.hstack([d2 @ c1, c2]), d2 @ d1


def step_response(system, time):
    """Response to a unit step at 0, from the eigenvectors of the system's matrix."""
    a, b, c, d = system
    values, vectors = np.linalg.eig(a)
    left = (c @ vectors).ravel()
    right = np.linalg.solve(vectors, b).ravel()
    result = np.zeros_like(time)
    after = time > 0
    t = time[after]
    total = np.full(t.shape, d[0, 0], dtype=complex)
    for value, weight in zip(values, left * right, strict=True):
        total += weight * np.expm1(value * t) / value
    result[after] = total.real
    return result


def truth_of(rs, compartments, coupling=None) -> Truth:
    """Values of the circuit; the time constant is the charge over the height of the transient."""
    a, b, c, d = circuit(rs, compartments, coupling)
    steady = float((d - c @ np.linalg.solve(a, b))[0, 0])
    height = 1 / rs - steady
    charge = -float((c @ np.linalg.solve(a, np.linalg.solve(a, b)))[0, 0])
    capacitance = sum(entry[0] for entry in compartments)
    return Truth(rs, 1 / steady - rs, capacitance, charge / height, 1 / steady)


def noise(rng, shape, rate, corner, white, flicker_corner):
    """White and 1/f noise through the filter; `white` is its density as rms at 1 kHz bandwidth."""
    count = shape[1]
    length = 4 * count
    frequency = np.fft.rfftfreq(length, 1 / rate)
    numerator, denominator = bessel(4, 2 * np.pi * corner, analog=True, norm="mag")
    s = 2j * np.pi * np.minimum(frequency, 50 * corner)
    through = np.abs(np.polyval(numerator, s) / np.polyval(denominator, s)) ** 2
    density = white**2 * through * (1 + flicker_corner / np.maximum(frequency, frequency[1]))
    scale = np.sqrt(density * rate / 2 * length)
    drawn = rng.standard_normal((shape[0], frequency.size, 2)) @ np.array([1, 1j]) / np.sqrt(2)
    return np.fft.irfft(drawn * scale, length)[:, :count]


def hum(rng, time, starts):
    """Mains hum of 1 to 5 pA and its harmonics, in sweeps that start at given times [ms]."""
    mains = rng.choice([0.05, 0.06]) * (1 + 1e-3 * rng.standard_normal())
    size = rng.uniform(1, 5)
    made = np.zeros((len(starts), time.size))
    for order, share in ((1, 1.0), (2, 0.3), (3, 0.5), (5, 0.2)):
        phase = 2 * np.pi * (mains * order * (starts[:, None] + time) + rng.uniform())
        made += size * share * np.sin(phase)
    return made


@dataclass(frozen=True)
class Clamped:
    current: np.ndarray
    rate: float
    on: float
    off: float
    step: float
    corner: float
    truth: Truth


def random_cell(rng, dendrites):
    rs = rng.uniform(5, 30) / 1e3
    rm = np.exp(rng.uniform(np.log(50), np.log(2000))) / 1e3
    c = np.exp(rng.uniform(np.log(10), np.log(200)))
    if not dendrites:
        return rs, [(c, rm)], None
    share = rng.uniform(0.3, 0.7)
    return (
        rs,
        [(share * c, rm / share), ((1 - share) * c, rm / (1 - share))],
        (rng.uniform(0.02, 0.2)),
    )


def random_recording(rng, dendrites=False, growth=None, sweeps=None, humming=False) -> Clamped:
    """Draw cell, rig and protocol; of `humming` half start their sweeps in step with the mains."""
    rs, compartments, coupling = random_cell(rng, dendrites)
    truth = truth_of(rs, compartments, coupling)
    corner = np.exp(rng.uniform(0, np.log(10)))
    rate = rng.choice([r for r in (10.0, 20.0, 50.0) if r >= 2.5 * corner])
    before, during, after = rng.uniform(10, 50), rng.uniform(40, 200), 100.0
    count = int((before + during + after) * rate)
    time = np.arange(count) / rate
    on, off = round(before * rate) / rate, round((before + during) * rate) / rate
    step = rng.choice([-10.0, -5.0, 10.0])
    delay = rng.uniform(0, 0.05)
    system = in_series(circuit(rs, compartments, coupling, growth), bessel4(corner))
    clean = step * (
        step_response(system, time - on - delay) - step_response(system, time - off - delay)
    )
    number = sweeps or rng.choice([1, 3, 5, 10, 20])
    white, flicker = np.exp(rng.uniform(np.log(0.3), np.log(3))), rng.uniform(0.005, 0.1)
    made = clean + rng.uniform(-200, 50) + noise(rng, (number, count), rate, corner, white, flicker)
    if humming:
        interval = rng.choice([500.0, rng.uniform(400, 600)])
        made = made + hum(rng, time, interval * np.arange(number))
    return Clamped(made, float(rate), on, off, float(step), float(corner), truth)
