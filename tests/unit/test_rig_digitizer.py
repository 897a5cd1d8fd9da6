"""The digitizer: steps, ends, ticks and aliases."""

import numpy as np
import pytest

from loligo.errors import ArrayError, ModelError, SelectionError
from loligo.recording.sweep import Trace
from loligo.rig import Digitizer
from loligo.rig.digitizer import alias


def test_the_step_of_16_bits_over_10_volts():
    digitizer = Digitizer()
    assert digitizer.least_significant_bit == pytest.approx(0.3051758, abs=5e-8)
    assert digitizer.noise("pA") == pytest.approx(0.0880967, abs=5e-8)
    assert digitizer.resolution("mV") == pytest.approx(0.03051758, abs=5e-9)
    assert Digitizer(current_gain="0.5 V/nA").resolution("pA") == pytest.approx(0.6103516)
    assert Digitizer(bits=12, range="5 V").least_significant_bit == pytest.approx(10_000 / 4096)


def test_full_scale_sine_has_98_decibels():
    digitizer = Digitizer()
    sine = 9999.0 * np.sin(2 * np.pi * 0.1234567 * np.arange(200_000))
    error = digitizer.quantize(sine, "pA").values() - sine
    assert error.std() == pytest.approx(digitizer.noise("pA"), rel=0.01)
    assert 20 * np.log10(sine.std() / error.std()) == pytest.approx(98.09, abs=0.1)
    spectrum = np.abs(np.fft.rfft(error)[1:-1]) ** 2
    halves = spectrum[: spectrum.size // 2].mean() / spectrum[spectrum.size // 2 :].mean()
    assert halves == pytest.approx(1.0, abs=0.05)


def test_halves_go_to_the_even_number():
    digitizer = Digitizer(bits=8, range="128 mV", current_gain="1 mV/pA")
    found = digitizer.quantize([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.51], "pA")
    assert found.gain == 1.0
    assert found.stored.tolist() == [-2, -2, 0, 0, 2, 2, 3]
    assert found.stored.dtype == np.int16


def test_ends_of_the_range_are_flagged():
    digitizer = Digitizer(bits=8, range="128 mV", current_gain="1 mV/pA")
    found = digitizer.quantize([[-128.0, -128.4, -129.0, 0.0], [127.0, 127.4, 128.0, 1e9]], "pA")
    assert found.stored.tolist() == [[-128, -128, -128, 0], [127, 127, 127, 127]]
    assert found.saturated.tolist() == [[False, False, True, False], [False, False, True, True]]
    assert found.n_saturated == 3


def test_more_bits_need_more_room():
    found = Digitizer(bits=24).quantize([9999.9999], "pA")
    assert found.stored.dtype == np.int32
    assert found.values()[0] == pytest.approx(9999.9999, abs=0.0012)


def test_a_recording_reads_what_was_stored():
    digitizer = Digitizer()
    values = np.random.default_rng(1).normal(-70, 5, 100)
    found = digitizer.quantize(values, "mV")
    trace = Trace(found.stored, digitizer.sampling, gain=found.gain)
    assert (trace.values() == found.values()).all()
    assert np.abs(trace.values() - values).max() <= trace.resolution / 2 * (1 + 1e-9)


@pytest.mark.parametrize(
    ("frequency", "sampling", "seen"), [(1.3, 1.0, 0.3), (9.0, 5.0, 1.0), (0.4, 1.0, 0.4)]
)
def test_aliases(frequency, sampling, seen):
    assert alias(frequency, sampling) == pytest.approx(seen)
    fine = np.sin(2 * np.pi * frequency * np.arange(100_000) / 100)
    taken = Digitizer(sampling=f"{sampling} kHz").sample(fine, 0.01)
    power = np.abs(np.fft.rfft(taken * np.hanning(taken.size)))
    assert np.argmax(power) * sampling / taken.size == pytest.approx(seen, abs=0.002)


def test_ticks_that_meet_values_take_them_as_they_are():
    trace = np.random.default_rng(2).normal(size=(3, 1001))
    digitizer = Digitizer(sampling="20 kHz")
    assert (digitizer.sample(trace, 0.01) == trace[:, ::5]).all()
    assert (digitizer.sample(trace, 0.05) == trace).all()


def test_ticks_between_values_lie_on_the_line():
    times = np.arange(101) * 0.03
    digitizer = Digitizer(sampling="50 kHz")
    found = digitizer.sample(2 * times + 1, 0.03)
    assert found.size == 151
    assert found == pytest.approx(2 * digitizer.clock(3.001) + 1, abs=1e-12)


def test_the_clock_stops_before_the_end():
    digitizer = Digitizer(sampling="10 kHz")
    assert digitizer.clock(0.3).tolist() == pytest.approx([0, 0.1, 0.2])
    assert digitizer.clock(0.3000001).size == 4
    assert digitizer.clock(0.0).size == 0


def test_what_is_refused():
    digitizer = Digitizer()
    with pytest.raises(SelectionError, match="no 'nA'"):
        digitizer.quantize([1.0], "nA")
    with pytest.raises(ArrayError, match="2 of 3 samples are not finite"):
        digitizer.quantize([np.inf, 0, np.nan], "pA")
    for values, interval in (([], 0.1), ([1.0], 0.0)):
        with pytest.raises(ArrayError, match="cannot be sampled"):
            digitizer.sample(values, interval)
    with pytest.raises(ModelError, match="bits"):
        Digitizer(bits=7)
    with pytest.raises(ModelError, match="current_gain"):
        Digitizer(current_gain="1 mV")
