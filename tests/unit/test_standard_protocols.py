"""The standard protocols: each plays, cites its source, and does what its name says."""

import numpy as np
import pytest

from loligo.protocol import Protocol, standard

MAKE = {name: getattr(standard, name) for name in standard.__all__ if name != "pn_leak"}


@pytest.mark.parametrize("name", MAKE)
def test_each_cites_its_source_and_comes_back(name):
    protocol = MAKE[name]()
    assert "https://doi.org/10." in protocol.source
    doi = protocol.source.rsplit(" ", 1)[-1]
    assert doi in MAKE[name].__doc__
    assert Protocol.from_toml(protocol.to_toml()) == protocol
    assert all(protocol.duration(sweep) > 0 for sweep in range(protocol.n_sweeps))


def test_voltage_families():
    levels = "-50..0 mV by 25 mV"
    protocol = standard.current_voltage(levels)
    assert [w.first for s in range(3) for w in protocol.epochs_of(s) if w.label == "test"] == [
        -50,
        -25,
        0,
    ]
    tails = standard.tail_currents(levels)
    assert [w.first for s in range(3) for w in tails.epochs_of(s) if w.label == "tail"] == [
        -50,
        -25,
        0,
    ]
    activation = standard.activation(levels, tail="-60 mV")
    assert {w.first for s in range(3) for w in activation.epochs_of(s) if w.label == "tail"} == {
        -60
    }
    inactivation = standard.inactivation(levels, test="10 mV")
    assert [[w.first for w in inactivation.epochs_of(s)[1:3]] for s in range(3)] == [
        [-50, 10],
        [-25, 10],
        [0, 10],
    ]


def test_recovery_grows_the_interval():
    protocol = standard.recovery("0, 5, 50 ms", before="0 ms, 1 ms, 1 ms")
    found = [
        {w.label: w for w in protocol.epochs_of(s) if w.label} for s in range(protocol.n_sweeps)
    ]
    assert "interval" not in found[0]
    gaps = [windows["second"].start - windows["first"].stop for windows in found]
    assert gaps == [0, 5, 50]


def test_test_pulse_is_relative_to_holding():
    protocol = standard.test_pulse("-5 mV", holding="-60 mV", sweeps=3)
    assert [protocol.command(s, 15.0).item() for s in range(3)] == [-65] * 3


def test_pn_leak_keeps_the_sweeps():
    main = standard.current_voltage()
    protocol = standard.pn_leak(main, 4, level="-100 mV")
    assert protocol.n_sweeps == 5 * main.n_sweeps
    assert protocol.segments(4) == main.segments(0)
    assert protocol.replace(leak=None) == main


def test_current_families():
    assert standard.long_square("0..20 pA by 10 pA").dimension == "current"
    assert standard.short_square().epochs_of(0)[1].stop == 53.0
    assert standard.hyperpolarizing_steps().command(0, 300.0) == -200
    assert standard.rheobase_steps("5, 6 pA", duration="2 s").duration(1) == 2500
    assert standard.frequency_current("0..10 uA/cm2 by 5 uA/cm2", holding="0 uA/cm2").n_sweeps == 3


def test_strength_duration_crosses_levels_and_widths():
    protocol = standard.strength_duration("10, 20 pA", "1, 2, 5 ms")
    found = [protocol.epochs_of(s)[1] for s in range(protocol.n_sweeps)]
    assert [(w.first, round(w.stop - w.start, 9)) for w in found] == [
        (10, 1),
        (20, 1),
        (10, 2),
        (20, 2),
        (10, 5),
        (20, 5),
    ]


def test_paired_shocks():
    protocol = standard.paired_shocks("2, 4 ms")
    assert [(s.start, s.charge) for s in protocol.segments(1)] == [(0, 0), (5, 15), (9, 90)]
    single = standard.paired_shocks("2 ms", first="1 pC", second="2 pC", holding="0 pA")
    assert single.dimension == "current"


def test_zap_ends_on_its_last_frequency():
    protocol = standard.zap(spacing="exponential", sweeps=1)
    shape = protocol.segments(0)[1].shape
    assert shape.frequency(20_000.0) == pytest.approx(0.04)
    turns = np.diff(np.signbit(protocol.command(0, np.arange(1000, 21000, 0.5)))).sum()
    assert turns == pytest.approx(2 * 20 * (40 - 0.5) / np.log(80), abs=1)
