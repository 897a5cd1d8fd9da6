"""Hodgkin and Huxley 1952 by the engine's staggered steps, against numbers of other programs.

The numbers are those of the 1952 equations in the modern convention, solved elsewhere to 1e-11.
Peaks, widths and periods come from two runs whose steps differ by a factor of two, extrapolated to
no step at all; whether a stimulus is above threshold comes from one run with short steps.
"""

import numpy as np
import pytest
from scipy.optimize import brentq

from loligo.cell import catalogue
from loligo.engine import simulate
from loligo.protocol import Protocol

HH = catalogue.load("hodgkin_huxley1952")
LEAK = "channel.leak.reversal"


def resting_potential(changes=None):
    """Where the steady currents of a changed membrane add up to nothing [mV]."""
    cell = HH.with_(**(changes or {}))
    return brentq(lambda v: float(sum(cell.currents_at(v).values())), -70, -55, xtol=1e-12)


REST = resting_potential()


def run(epochs, dt, *, sampling="1000 ms", **more):
    """Sweeps from rest, all with the same kernel; `dt` in ms."""
    more.setdefault("initial", {"v": f"{REST!r} mV"})
    return simulate(
        HH,
        Protocol("p", epochs, holding="0 uA/cm2"),
        dt=f"{dt!r} ms",
        sampling=sampling,
        spikes=True,
        **more,
    )


def extrapolated(measure, dt):
    """A measure at no step at all, from steps `dt` and half of it: the error goes as the square."""
    coarse, fine = np.asarray(measure(dt)), np.asarray(measure(dt / 2))
    return fine + (fine - coarse) / 3


def series(values):
    return ", ".join(repr(float(value)) for value in values)


def crossing(t, v, level, *, rising, after=0.0):
    """Time of the first crossing of a level after a time, on a polynomial through six samples."""
    above = (v >= level) == rising
    first = int(np.flatnonzero(above[1:] & ~above[:-1] & (t[1:] > after))[0])
    around = slice(first - 2, first + 4)
    curve = np.polynomial.Polynomial.fit(t[around], v[around] - level, 5)
    return brentq(curve, t[first], t[first + 1], xtol=1e-12)


def extreme(t, v, sign=1.0):
    """Time and height of the highest (lowest) sample, on a polynomial through seven."""
    top = int(np.argmax(sign * v))
    around = slice(top - 3, top + 4)
    curve = np.polynomial.Polynomial.fit(t[around], v[around], 6)
    time = brentq(curve.deriv(), t[top - 1], t[top + 1], xtol=1e-12)
    return time, float(curve(time))


def action_potentials(shocks, dt, duration=8.0, **more):
    """Time and height of the peak and width at half amplitude, for each run."""
    step = f"{dt!r} ms"
    epochs = [f"shock {series(shocks)} nC/cm2", f"hold for {duration} ms"]
    found = run(epochs, dt, sampling=step, **more)
    rows = []
    for v in found["v"].reshape(-1, found.times.size):
        time, peak = extreme(found.times, v)
        half = 0.5 * (peak + REST)
        up = crossing(found.times, v, half, rising=True)
        down = crossing(found.times, v, half, rising=False, after=up)
        rows.append((peak, time, down - up))
    return np.array(rows)


# At rest ------------------------------------------------------------------------------------------


def test_membranes_settle_at_their_resting_potential():
    """Whatever the step; five leaks, two seconds."""
    reversals = [-54.40107903, -54.387, -54.4, -54.3, -54.387]
    found = run(
        ["hold for 2 s"], 0.05, parameters={LEAK: (reversals, "mV")}, initial={"v": "-66 mV"}
    )
    expected = [-65.0, -64.9963793, -64.9997224, -64.9740525, -64.9963793]
    np.testing.assert_allclose(found.final["v"][:, 0], expected, atol=1e-6)
    gates = [found.final[name][0, 0] for name in ("na.m", "na.h", "k.n")]
    assert gates == pytest.approx([0.0529324853, 0.5961207535, 0.3176769141], abs=1e-8)


# Steps of current ---------------------------------------------------------------------------------

PERIODS = {
    6.3: 19.09460, 6.5: 18.16289, 7: 17.14470, 8: 16.00771, 10: 14.63621, 15: 12.71470,
    20: 11.56470, 30: 10.12707, 50: 8.54438, 100: 6.79027, 140: 6.08112, 150: 5.95757,
}  # fmt: skip


def test_periods_of_repetitive_firing():
    """Steps up to 150 uA/cm2; at 6.3 uA/cm2, near the fold, they settle slowly."""

    def periods(dt):
        found = run([f"step {series(PERIODS)} uA/cm2 for 700 ms"], dt, threshold="-43 mV")
        return [np.diff(found.spike_times(0, i))[-3:].mean() for i in range(len(PERIODS))]

    np.testing.assert_allclose(extrapolated(periods, 0.01), list(PERIODS.values()), atol=1e-4)


def test_spikes_of_steps_of_300_ms():
    counts = {2.3: 1, 3: 1, 5: 1, 6.0: 2, 6.3: 16, 7: 18, 10: 21}
    found = run([f"step {series(counts)} uA/cm2 for 300 ms"], 0.005)
    assert [found.spike_times(0, i).size for i in range(7)] == list(counts.values())


def test_the_first_spike_at_10():
    def first(dt):
        found = run(["step 10, 10, 10, 10, 10 uA/cm2 for 5 ms"], dt)
        return found.spike_times(0, 4)[0]

    assert extrapolated(first, 0.002) == pytest.approx(1.90123, abs=1e-5)


STRENGTH = {
    0.05: 130.14725, 0.1: 65.12742, 0.2: 32.65808, 0.5: 13.27512, 1: 6.918926, 2: 3.859359,
    5: 2.351105, 10: 2.240364, 20: 2.240334,
}  # fmt: skip


def test_strength_and_duration():
    """One part in 1e5 below each threshold there is no spike, one above there is."""
    epochs = [
        f"step {series(STRENGTH.values())} uA/cm2 for {series(STRENGTH)} ms",
        "hold for 40 ms",
    ]
    found = run(epochs, 0.001, parameters={"command.scale": [1 - 1e-5, 1 + 1e-5]})
    counts = [[found.spike_times(c, i).size for i in range(len(STRENGTH))] for c in range(2)]
    assert counts == [[0] * len(STRENGTH), [1] * len(STRENGTH)]


# Shocks -------------------------------------------------------------------------------------------

SHOCKS = {
    # mV: peak, time of peak
    7: (37.11857, 3.39122),
    10: (39.42803, 1.78233),
    15: (40.41035, 1.15931),
    30: (41.33731, 0.65871),
    50: (42.23240, 0.45230),
    90: (43.53660, 0.29754),
    100: (43.74846, 0.27382),
}


def test_peaks_of_membrane_action_potentials():
    """To 1e-4 mV and 1e-5 ms; 7 mV is close to threshold."""
    found = extrapolated(lambda dt: _peaks(list(SHOCKS), dt), 0.002)
    np.testing.assert_allclose(found[1:], list(SHOCKS.values())[1:], atol=1e-4)
    np.testing.assert_allclose(found[1:, 1], [t for _, t in SHOCKS.values()][1:], atol=1e-5)
    np.testing.assert_allclose(found[0], SHOCKS[7], atol=1e-3)


def _peaks(shocks, dt):
    found = run([f"shock {series(shocks)} nC/cm2", "hold for 5 ms"], dt, sampling=f"{dt!r} ms")
    return [extreme(found.times, v)[::-1] for v in found["v"][0]]


def test_shape_of_the_action_potential_after_15_mv():
    """Width at half amplitude, undershoot, and the fastest rise and fall."""

    def shape(dt):
        found = run(["shock 15, 15, 15, 15, 15 nC/cm2", "hold for 8 ms"], dt, sampling=f"{dt!r} ms")
        t, v = found.times, found["v"][0, 2]
        slope = np.gradient(v, dt)
        half = 0.5 * (extreme(t, v)[1] + REST)
        up = crossing(t, v, half, rising=True)
        width = crossing(t, v, half, rising=False, after=up) - up
        time, low = extreme(t, v, -1.0)
        return width, low, time, slope[2:].max(), slope[2:].min()

    width, low, time, rise, fall = extrapolated(shape, 0.002)
    assert width == pytest.approx(1.474995, abs=2e-6)
    assert low == pytest.approx(-76.181091, abs=2e-6)
    assert time == pytest.approx(4.027, abs=5e-4)
    assert rise == pytest.approx(310.87, abs=5e-3)
    assert fall == pytest.approx(-68.92, abs=5e-3)


def test_threshold_of_a_shock():
    """6.505071 mV, whatever potential counts as a spike."""
    epochs = [f"shock {series(6.505071 + d for d in (-2e-5, -1e-5, 0, 1e-5, 2e-5))} nC/cm2"]
    for threshold in ("-20 mV", "20 mV"):
        found = run([*epochs, "hold for 30 ms"], 0.0005, threshold=threshold)
        counts = [found.spike_times(0, i).size for i in (0, 1, 3, 4)]
        assert counts == [0, 0, 1, 1]


REFRACTORY = {
    6: 58.6356, 7: 42.5854, 8: 32.2673, 10: 19.7256, 12: 12.5881, 14: 8.4431, 15: 7.1694,
    16: 6.3105, 18: 5.5411, 20: 5.6162, 25: 6.6353, 40: 6.5018,
}  # fmt: skip


def test_refractoriness():
    """After a shock of 20 mV the threshold shock is high, then low, then as at first."""
    delays = np.repeat(list(REFRACTORY), 2)
    shocks = np.repeat(list(REFRACTORY.values()), 2) + np.tile([-1e-3, 1e-3], len(REFRACTORY))
    epochs = [
        "shock 20 nC/cm2",
        f"hold for {series(delays)} ms",
        f"shock {series(shocks)} nC/cm2",
        "hold for 30 ms",
    ]
    found = run(epochs, 0.001)
    late = [int((found.spike_times(0, i) > delay).sum()) for i, delay in enumerate(delays)]
    assert late == [0, 1] * len(REFRACTORY)


def test_anode_break_excitation():
    """Released from 3.001311 mV below rest or lower, the membrane fires."""
    held = np.array([-67.997691 + 2e-5, -67.997691 - 2e-5, REST - 10, REST - 30, REST - 30])

    def released(dt):
        found = run(["hold for 30 ms"], dt, sampling=f"{dt!r} ms", initial={"v": (held, "mV")})
        assert [found.spike_times(i).size for i in range(5)] == [0, 1, 1, 1, 1]
        return [extreme(found.times, v)[::-1] for v in found["v"][2:4, 0]]

    found = extrapolated(released, 0.002)
    np.testing.assert_allclose(found[0], [44.95158, 4.92408], atol=2e-5)
    np.testing.assert_allclose(found[1], [47.06440, 6.55542], atol=2e-5)


def test_temperature_shortens_the_action_potential():
    """Q10 = 3: peak, time of peak and half width after 15 mV."""
    expected = {
        10: (38.97697, 0.875288, 0.990755),
        15: (35.65641, 0.616205, 0.589990),
        18.5: (31.91586, 0.490612, 0.420417),
        20: (29.83527, 0.446899, 0.367066),
        25: (20.27113, 0.333943, 0.248107),
        30: (5.92675, 0.258459, 0.190272),
    }
    temperatures = (list(expected), "degC")
    found = extrapolated(
        lambda dt: action_potentials(
            [15], dt, duration=3.0, parameters={"temperature": temperatures}
        ),
        0.002,
    )
    np.testing.assert_allclose(found, list(expected.values()), atol=1e-5)


def test_less_sodium_conductance_lowers_the_peak():
    """And below a factor of 0.370239 there is no spike; from the rest of each membrane."""
    factors = np.array([0.75, 0.5, 0.4, 0.370239 + 1e-5, 0.370239 - 1e-5])
    path = "channel.na.conductance"
    rests = [resting_potential({path: f"{120 * f!r} mS/cm2"}) for f in factors.tolist()]

    def peaks(dt):
        found = run(
            ["shock 15 nC/cm2", "hold for 8 ms"],
            dt,
            sampling=f"{dt!r} ms",
            parameters={path: (120 * factors, "mS/cm2")},
            initial={"v": (rests, "mV")},
        )
        assert [found.spike_times(i).size for i in range(5)] == [1, 1, 1, 1, 0]
        return [extreme(found.times, v)[1] for v in found["v"][:3, 0]]

    np.testing.assert_allclose(
        extrapolated(peaks, 0.002), [36.45304, 26.61819, 15.16863], atol=1e-5
    )


def test_widths_at_less_potassium_conductance():
    """From the rest of each membrane, which depolarizes since potassium channels set it too."""
    factors = np.array([0.9, 0.8, 0.7, 0.6, 0.6])  # five cells run by the kernel of the others
    path = "channel.k.conductance"
    rests = [resting_potential({path: f"{36 * f!r} mS/cm2"}) for f in factors.tolist()]

    def widths(dt):
        found = run(
            ["shock 15 nC/cm2", "hold for 8 ms"],
            dt,
            sampling=f"{dt!r} ms",
            parameters={path: (36 * factors, "mS/cm2")},
            initial={"v": (rests, "mV")},
        )
        return [
            _width(found.times, v, rest) for v, rest in zip(found["v"][:, 0], rests, strict=True)
        ]

    found = extrapolated(widths, 0.002)
    np.testing.assert_allclose(found[:4], [1.50932, 1.54737, 1.58938, 1.63468], atol=1e-5)


def _width(t, v, rest):
    half = 0.5 * (extreme(t, v)[1] + rest)
    up = crossing(t, v, half, rising=True)
    return crossing(t, v, half, rising=False, after=up) - up


# Small signals ------------------------------------------------------------------------------------


def test_impedance_at_rest():
    """|Z| [ohm cm2] and phase [degree]: the membrane resonates at 66.6662 Hz."""
    expected = {
        10: (922.6727, 11.76817),
        50: (2107.1209, 5.66174),
        66.6662: (2422.745, None),
        100: (1803.2843, -54.25335),
        1000: (154.3263, -85.18694),
    }

    def impedance(dt):
        found = run(
            [f"sine 1e-3 uA/cm2 at {series(expected)} Hz for 400 ms"],
            dt,
            sampling="0.05 ms",
            parameters={LEAK: "-54.40107903 mV"},
            initial={"v": "-65 mV"},
        )
        t = found.times
        rows = []
        for frequency, v in zip(expected, found["v"][0], strict=True):
            late = t >= 400 - 1e3 / frequency * np.floor(0.2 * frequency)
            angle = 2e-3 * np.pi * frequency * t[late]
            design = np.stack([np.sin(angle), np.cos(angle), np.ones_like(angle)], axis=1)
            real, imaginary, _ = np.linalg.lstsq(design, v[late], rcond=None)[0]
            rows.append((1e6 * np.hypot(real, imaginary), np.degrees(np.arctan2(imaginary, real))))
        return rows

    found = extrapolated(impedance, 0.01)
    for (size, phase), (z, angle) in zip(found, expected.values(), strict=True):
        assert size == pytest.approx(z, rel=2e-5)
        if angle is not None:
            assert phase == pytest.approx(angle, abs=2e-3)
