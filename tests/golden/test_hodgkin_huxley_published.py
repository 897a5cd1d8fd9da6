"""The squid axon in motion, by the error-controlled stepper: thresholds, spikes, refractoriness.

The numbers were computed apart from this project by DOP853 at a relative tolerance of 1e-11 with
root-found events, and spot-checked with NEURON's CVODE; those of the clamp are closed forms. The
parameters are of 1952 (doi:10.1113/jphysiol.1952.sp004764) with the leak at -54.387 mV.
"""

import numpy as np
import pytest
from scipy.optimize import brentq
from traces import peak, threshold, width

from loligo.cell import catalogue
from loligo.engine import simulate
from loligo.protocol import Protocol

AXON = catalogue.load("hodgkin_huxley1952")
REST = -64.9963793


def run(epochs, *, start=f"{REST} mV", holding="0 uA/cm2", tolerance=1e-9, **options):
    protocol = Protocol("published", epochs, holding=holding)
    initial = {} if start is None else {"v": start}
    return simulate(
        AXON, protocol, method="error-controlled", tolerance=tolerance, initial=initial, **options
    )


def shocked(shock, duration=30, **options):
    return run([f"shock {shock} nC/cm2", f"hold for {duration} ms"], **options)


def spikes_of(epochs, scales, start=f"{REST} mV"):
    """Whether each cell fires at all, its command scaled by its own factor."""
    done = run(
        epochs,
        start=start,
        record=(),
        features=["spike_count"],
        parameters={"command.scale": scales},
    )
    return done["spike_count"][:, 0] > 0


# 6.3 Steps of current ---------------------------------------------------------------------------

COUNTS = {2.3: 1, 5.0: 1, 6.0: 2, 6.3: 16, 7.0: 18, 10.0: 21}
PERIODS = {
    6.3: 19.09460, 6.5: 18.16289, 7.0: 17.14470, 8.0: 16.00771, 10.0: 14.63621, 15.0: 12.71470,
    20.0: 11.56470, 30.0: 10.12707, 50.0: 8.54438, 100.0: 6.79027, 140.0: 6.08112, 150.0: 5.95757,
}  # fmt: skip


def step_levels(levels, duration, **options):
    listed = ", ".join(f"{level:g}" for level in levels)
    return run([f"step {listed} uA/cm2 for {duration} ms"], record=(), spikes=True, **options)


def test_number_of_spikes_in_300_ms():
    done = step_levels(COUNTS, 300)
    found = {level: done.spike_times(0, i).size for i, level in enumerate(COUNTS)}
    assert found == COUNTS


def test_first_spike():
    assert step_levels([10.0], 5).spike_times()[0] == pytest.approx(1.90123, abs=1e-5)


def test_periods_of_repetitive_firing():
    # near the upper bifurcation the oscillation no longer reaches 0 mV
    done = step_levels(PERIODS, 1500, tolerance=1e-10, threshold="-43 mV")
    for i, (level, period) in enumerate(PERIODS.items()):
        last = np.diff(done.spike_times(0, i))[-1]
        assert last == pytest.approx(period, abs=1e-4), level


def test_current_that_just_fires():
    found = threshold(lambda scales: spikes_of(["step 1 uA/cm2 for 60 ms"], scales), 2.0, 2.5)
    assert found == pytest.approx(2.240334, abs=1e-5)


# 6.4 Instantaneous shocks -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shock", "height", "time"),
    [
        (7, 37.11857, 3.39122),
        (10, 39.42803, 1.78233),
        (15, 40.41035, 1.15931),
        (30, 41.33731, 0.65871),
        (50, 42.23240, 0.45230),
        (90, 43.53660, 0.29754),
        (100, 43.74846, 0.27382),
    ],
)
def test_action_potentials_after_shocks(shock, height, time):
    done = shocked(shock, 6, sampling="0.001 ms", features=["maximum_potential"])
    near = 1e-3 if shock == 7 else 1e-5
    found = peak(done.times, done["v"][0, 0])
    assert found[0] == pytest.approx(time, abs=near)
    assert done["maximum_potential"][0, 0] == pytest.approx(height, abs=1e-4 if shock > 7 else 1e-3)
    assert found[1] == pytest.approx(done["maximum_potential"][0, 0], abs=1e-6)


def test_shape_of_the_action_potential():
    done = shocked(
        15, 15, sampling="0.001 ms", record=["v", "i.membrane"], features=["minimum_potential"]
    )
    v = done["v"][0, 0]
    half = 0.5 * (v.max() + REST)
    assert width(done.times, v, half) == pytest.approx(1.474995, abs=1e-6)
    assert done["minimum_potential"][0, 0] == pytest.approx(-76.181091, abs=1e-6)
    assert done.times[np.argmin(v)] == pytest.approx(4.027, abs=1e-3)
    slope = -done["i.membrane"][0, 0]  # of 1 pF
    assert slope.max() == pytest.approx(310.87, abs=5e-3)
    assert slope.min() == pytest.approx(-68.92, abs=5e-3)


@pytest.mark.parametrize(("leak", "rest", "expected"), [
    (-54.387, REST, 6.505071), (-54.40107903, -65.0, 6.507550),
])  # fmt: skip
def test_threshold_shock(leak, rest, expected):
    def fires(scales):
        done = run(
            ["shock 1 nC/cm2", "hold for 40 ms"],
            start=f"{rest} mV",
            record=(),
            features=["spike_count"],
            parameters={"command.scale": scales, "channel.leak.reversal": f"{leak} mV"},
        )
        return done["spike_count"][:, 0] > 0

    assert threshold(fires, 6.4, 6.6) == pytest.approx(expected, abs=2e-6)


# 6.5 Strength and duration ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (0.05, 130.14725), (0.1, 65.12742), (0.2, 32.65808), (0.5, 13.27512), (1, 6.918926),
        (2, 3.859359), (5, 2.351105), (10, 2.240364), (20, 2.240334),
    ],
)  # fmt: skip
def test_strength_and_duration(duration, expected):
    epochs = [f"step 1 uA/cm2 for {duration} ms", "hold for 40 ms"]
    found = threshold(
        lambda scales: spikes_of(epochs, scales), 0.9 * expected, 1.1 * expected, rounds=5
    )
    assert found == pytest.approx(expected, abs=1e-5)


# 6.6 Anode break --------------------------------------------------------------------------------


def test_release_from_hyperpolarization_that_just_fires():
    def fires(below):
        done = run(
            ["hold for 60 ms"], start=(REST - below, "mV"), record=(), features=["spike_count"]
        )
        return done["spike_count"][:, 0] > 0

    assert REST - threshold(fires, 2.5, 3.5) == pytest.approx(-67.997691, abs=1e-5)


def test_long_current_whose_end_just_fires():
    found = threshold(
        lambda scales: spikes_of(["step -1 uA/cm2 for 400 ms", "hold for 60 ms"], scales), 2.5, 3.0
    )
    assert found == pytest.approx(2.782770, abs=1e-5)


@pytest.mark.parametrize(
    ("below", "height", "time"), [(10, 44.95158, 4.92408), (30, 47.06440, 6.55542)]
)
def test_anode_break_spikes(below, height, time):
    done = run(["hold for 10 ms"], start=f"{REST - below} mV", sampling="0.001 ms")
    found = peak(done.times, done["v"][0, 0])
    assert found == pytest.approx((time, height), abs=1e-5)


# 6.7 Refractoriness -----------------------------------------------------------------------------

TEST_SHOCKS = {
    6: 58.6356, 7: 42.5854, 8: 32.2673, 10: 19.7256, 12: 12.5881, 14: 8.4431, 15: 7.1694,
    16: 6.3105, 18: 5.5411, 20: 5.6162, 25: 6.6353, 40: 6.5018,
}  # fmt: skip


def second_spikes(delay, shocks):
    """Whether test shocks after a delay leave the potential below 0 and make it cross 0 again."""
    listed = ", ".join(f"{shock:.12g}" for shock in shocks)
    epochs = ["shock 20 nC/cm2", f"hold for {delay} ms", f"shock {listed} nC/cm2", "hold for 20 ms"]
    done = run(epochs, sampling=f"{delay} ms", features=["spike_count"])
    return (done["v"][0, :, 1] < 0) & (done["spike_count"][0] >= 2)


@pytest.mark.parametrize("delay", TEST_SHOCKS)
def test_threshold_after_a_first_spike(delay):
    expected = TEST_SHOCKS[delay]
    found = threshold(
        lambda shocks: second_spikes(delay, shocks), expected - 0.2, expected + 0.2, rounds=2
    )
    assert found == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(("delay", "can"), [(5.47, False), (5.51, True)])
def test_absolute_refractory_period_ends_at_5_4915_ms(delay, can):
    before = shocked(20, 6, sampling=f"{delay} ms")["v"][0, 0, 1]
    assert second_spikes(delay, -before - np.geomspace(1e-4, 10.0, 60)).any() == can


# 6.8 Temperature, 6.11 conductances -------------------------------------------------------------


@pytest.mark.parametrize(
    ("temperature", "height", "time", "half_width"),
    [
        (10, 38.97697, 0.875288, 0.990755),
        (15, 35.65641, 0.616205, 0.589990),
        (18.5, 31.91586, 0.490612, 0.420417),
        (20, 29.83527, 0.446899, 0.367066),
        (25, 20.27113, 0.333943, 0.248107),
        (30, 5.92675, 0.258459, 0.190272),
    ],
)
def test_warmth(temperature, height, time, half_width):
    done = shocked(15, 4, sampling="0.0005 ms", temperature=f"{temperature} degC")
    v = done["v"][0, 0]
    found = peak(done.times, v)
    assert found == pytest.approx((time, height), abs=1e-5)
    assert width(done.times, v, 0.5 * (v.max() + REST)) == pytest.approx(half_width, abs=2e-6)


def resting_potential(name, conductance):
    def total(v):
        return sum(AXON.currents_at(v, {name: conductance}).values())

    return brentq(total, -70.0, -55.0, xtol=1e-12)


def simulate_scaled(channel, conductances):
    """A shock of 15 mV to cells at rest that have other conductances."""
    name = f"channel.{channel}.conductance"
    rest = np.array([resting_potential(name, g) for g in np.atleast_1d(conductances)])
    done = shocked(
        15,
        20,
        start=(rest, "mV"),
        sampling="0.001 ms",
        features=["maximum_potential", "spike_count"],
        parameters={name: (conductances, "mS/cm2")},
    )
    return done, rest


@pytest.mark.parametrize(("factor", "height"), [(0.75, 36.45304), (0.5, 26.61819), (0.4, 15.16863)])
def test_fewer_sodium_channels(factor, height):
    done, _ = simulate_scaled("na", 120 * factor)
    assert done["maximum_potential"][0, 0] == pytest.approx(height, abs=1e-5)


def test_sodium_conductance_at_which_the_spike_is_lost():
    def fires(lost):
        done, _ = simulate_scaled("na", 120 * (1 - lost))
        return done["spike_count"][:, 0] == 0

    found = threshold(fires, 0.62, 0.64, rounds=3, each=16)
    assert 1 - found == pytest.approx(0.370239, abs=2e-5)


@pytest.mark.parametrize(
    ("factor", "half_width"), [(0.9, 1.50932), (0.8, 1.54737), (0.7, 1.58938), (0.6, 1.63468)]
)
def test_fewer_potassium_channels(factor, half_width):
    done, rest = simulate_scaled("k", 36 * factor)
    v = done["v"][0, 0]
    assert width(done.times, v, 0.5 * (v.max() + rest[0])) == pytest.approx(half_width, abs=1e-5)


# 6.9 Voltage clamp ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("holding", "level", "time", "conductance", "current"),
    [
        (-65, -50, 1.575316, 0.8341958, -83.41958),
        (-65, -40, 1.405015, 4.6216151, -415.94536),
        (-65, -30, 1.113691, 11.0848555, -886.78844),
        (-65, -20, 0.881042, 17.6827757, -1237.79430),
        (-65, 0, 0.617613, 29.1367580, -1456.83790),
        (-65, 20, 0.479821, 37.1583683, -1114.75105),
        (-65, 50, 0.364030, 44.4833027, 0.0),
        (-65, 65, 0.326311, 46.9634851, 704.45228),
        (-100, -20, 0.900237, None, -2017.10107),
        (-100, 0, 0.630091, None, -2400.09789),
    ],
)
def test_sodium_current_under_clamp(holding, level, time, conductance, current):
    done = run(
        [f"step {level} mV for 3 ms"],
        start=None,
        holding=f"{holding} mV",
        sampling="0.0002 ms",
        record=["i.na", "na.m", "na.h"],
        tolerance=1e-10,
    )
    g = 120 * done["na.m"][0, 0] ** 3 * done["na.h"][0, 0]
    found = peak(done.times, g)
    assert found[0] == pytest.approx(time, rel=2e-6)
    if conductance is not None:
        assert found[1] == pytest.approx(conductance, rel=1e-6)
    largest = done["i.na"][0, 0][np.argmax(g)]
    assert largest == pytest.approx(current, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("level", "total"),
    [
        (-50, 37.86710), (-40, 171.19263), (-30, 489.53152), (-20, 924.91232), (0, 1879.68646),
        (20, 2807.56129), (50, 4120.57233), (65, 4749.22918),
    ],
)  # fmt: skip
def test_total_current_after_10_ms(level, total):
    done = run(
        [f"step {level} mV for 20 ms"],
        start=None,
        holding="-65 mV",
        sampling="10 ms",
        record=["i.clamp"],
        tolerance=1e-11,
    )
    assert done["i.clamp"][0, 0, 1] == pytest.approx(total, rel=1e-6)


def test_largest_inward_peak():
    levels = -3.14638 + np.array([-0.02, 0.0, 0.02])
    found = []
    for level in levels:
        done = run(
            [f"step {level:.12g} mV for 2 ms"], start=None, holding="-65 mV", tolerance=1e-11,
            sampling="0.001 ms", record=["i.na"],
        )  # fmt: skip
        found.append(peak(done.times, -done["i.na"][0, 0])[1])
    assert found[1] == pytest.approx(1464.26187, rel=1e-8)
    assert found[1] > max(found[0], found[2])
