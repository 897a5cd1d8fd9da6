"""Current-clamped cells of known circuit, solved by matrix exponentials, with filter and noise.

The circuit's equations, the electrode's and the filter's state space are written down and solved as
one linear system; no formula of the library is used.
"""

from dataclasses import dataclass

import numpy as np
from clamped_cells import bessel4, in_series, noise, step_response


@dataclass(frozen=True)
class Truth:
    membrane_time_constant: float  # ms
    membrane_resistance: float  # GOhm
    capacitance: float  # pF
    bridge_error: float  # GOhm


@dataclass(frozen=True)
class Clamped:
    potential: np.ndarray
    current: np.ndarray
    rate: float
    on: float
    off: float
    corner: float
    truth: Truth


def circuit(compartments, coupling=None, bridge=0.0, growth=None):
    """Return A, B, C, D from injected current [pA] to potential [mV].

    `compartments` holds (capacitance, resistance) of soma and perhaps dendrite, joined by
    `coupling` [GOhm]; `growth` is (conductance, time) of a current that opposes the potential
    slowly; `bridge` is the electrode's resistance less what is balanced.
    """
    n = len(compartments)
    a = np.zeros((n, n))
    for k, (c, r) in enumerate(compartments):
        a[k, k] -= 1 / (r * c)
    if n == 2:
        for k, other in ((0, 1), (1, 0)):
            a[k, k] -= 1 / (coupling * compartments[k][0])
            a[k, other] += 1 / (coupling * compartments[k][0])
    b = np.zeros((n, 1))
    b[0, 0] = 1 / compartments[0][0]
    c = np.zeros((1, n))
    c[0, 0] = 1.0
    if growth is not None:
        conductance, time = growth
        a = np.block([[a, np.zeros((n, 1))], [np.zeros((1, n)), np.array([[-1 / time]])]])
        a[0, n] = -conductance / compartments[0][0]
        a[n, 0] = 1 / time
        b = np.vstack([b, [[0.0]]])
        c = np.hstack([c, [[0.0]]])
    return a, b, c, np.array([[bridge]])


def electrode(resistance, balanced, capacitance):
    """Return the electrode's own response: an RC, less the bridge's instantaneous part."""
    tau = resistance * capacitance
    one = np.ones((1, 1))
    return -one / tau, one * resistance / tau, one, -one * balanced


def random_cell(rng, dendrites):
    tau = np.exp(rng.uniform(np.log(5), np.log(50)))
    resistance = np.exp(rng.uniform(np.log(0.05), np.log(0.8)))
    c = tau / resistance
    if not dendrites:
        return [(c, resistance)], None, tau, c
    share = rng.uniform(0.2, 0.6)
    coupled = np.exp(rng.uniform(np.log(3), np.log(12)))  # tau over the equalizing time constant
    coupling = 1 / ((coupled - 1) / tau * share * (1 - share) * c)
    return (
        [(share * c, tau / (share * c)), ((1 - share) * c, tau / ((1 - share) * c))],
        coupling,
        tau,
        c,
    )


def random_recording(rng, dendrites=False, sweeps=None) -> Clamped:
    compartments, coupling, tau, _ = random_cell(rng, dendrites)
    bridge = rng.uniform(-0.015, 0.03)
    corner = np.exp(rng.uniform(np.log(1.5), np.log(10)))
    rate = rng.choice([r for r in (10.0, 20.0, 50.0) if r >= 2.5 * corner])
    before, during, after = rng.uniform(100, 250), rng.uniform(200, 600), 250.0
    during = max(during, 5 * tau)
    count = int((before + during + after) * rate)
    time = np.arange(count) / rate
    on, off = round(before * rate) / rate, round((before + during) * rate) / rate
    delay = min(abs(rng.normal(0.05, 0.1)), 0.3)
    system = in_series(circuit(compartments, coupling, bridge), bessel4(corner))
    unit = step_response(system, time - on - delay) - step_response(system, time - off - delay)
    a, b, c_row, _ = circuit(compartments, coupling)
    steady = float(-(c_row @ np.linalg.solve(a, b))[0, 0])
    size = -rng.uniform(4, 12) / steady
    number = sweeps or int(rng.choice([1, 3, 5, 10]))
    family = rng.random() < 0.5
    current = size * (rng.uniform(0.4, 1.2, number) if family else np.ones(number))
    white = np.exp(rng.uniform(np.log(0.005), np.log(0.03)))
    made = noise(rng, (number, count), rate, corner, white, rng.uniform(0.005, 0.05))
    wander = membrane_noise(rng, (number, count), rate, corner, tau, rng.uniform(0.02, 0.15))
    potential = current[:, None] * unit + made + wander + rng.uniform(-80, -55)
    truth = Truth(tau, steady, float(sum(entry[0] for entry in compartments)), bridge)
    return Clamped(potential, current, float(rate), on, off, float(corner), truth)


def membrane_noise(rng, shape, rate, corner, tau, rms):
    """White current noise seen through the membrane: a Lorentzian spectrum of a given rms."""
    length = 4 * shape[1]
    frequency = np.fft.rfftfreq(length, 1 / rate)
    density = 1 / (1 + (2 * np.pi * frequency * tau) ** 2)
    density[frequency > 1.5 * corner] = 0.0
    scale = np.sqrt(density / density.sum() / 2) * length * rms
    drawn = rng.standard_normal((shape[0], frequency.size, 2)) @ np.array([1, 1j]) / np.sqrt(2)
    return np.fft.irfft(drawn * scale * np.sqrt(2), length)[:, : shape[1]]
