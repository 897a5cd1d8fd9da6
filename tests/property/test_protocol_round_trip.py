"""Every protocol comes back the same from its TOML, its JSON and its sentences."""

import math
from itertools import pairwise

import numpy as np
import protocols as strategies
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loligo.protocol import VERBS, LeakPulses, Protocol, Tone, parse_epoch
from loligo.protocol.epoch import Epoch
from loligo.protocol.fields import Frozen

FEWER = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def _subclasses(kind):
    for found in kind.__subclasses__():
        yield found
        yield from _subclasses(found)


def test_no_class_lacks_a_strategy():
    with_strategy = {*strategies.epochs(2, "current"), Tone, LeakPulses, Protocol, Epoch}
    ours = {kind for kind in _subclasses(Frozen) if kind.__module__.startswith("loligo.")}
    assert ours == with_strategy
    assert set(VERBS.values()) == set(strategies.epochs(2, "current"))


@FEWER
@given(strategies.protocols())
def test_toml_and_json_give_the_same_protocol(protocol):
    for again in (
        Protocol.from_toml(protocol.to_toml()),
        Protocol.from_json(protocol.to_json()),
        protocol.replace(),
    ):
        assert again == protocol
        assert hash(again) == hash(protocol)


@pytest.mark.parametrize("verb", VERBS)
@FEWER
@given(st.data())
def test_a_sentence_gives_the_same_epoch(verb, data):
    count, dimension = (
        data.draw(st.integers(1, 4)),
        data.draw(st.sampled_from(["current", "current_density"])),
    )
    epoch = data.draw(strategies.epochs(count, dimension)[VERBS[verb]])
    assert parse_epoch(str(epoch)) == epoch
    assert eval(repr(epoch), {"parse_epoch": parse_epoch}) == epoch


@FEWER
@given(strategies.protocols(), st.data())
def test_segments_are_contiguous_and_say_the_command(protocol, data):
    sweep = data.draw(st.integers(0, protocol.n_sweeps - 1))
    segments = protocol.segments(sweep)
    assert segments[0].start == 0.0
    assert segments[-1].stop == protocol.duration(sweep)
    for before, after in pairwise(segments):
        assert before.stop == after.start
        assert before.start < before.stop
    middles = np.array([0.5 * (s.start + s.stop) for s in segments])
    expected = [float(s.value(m)) for s, m in zip(segments, middles, strict=True)]
    long = np.array([s.stop - s.start for s in segments]) > 1e-5
    assert np.array_equal(protocol.command(sweep, middles)[long], np.array(expected)[long])
    outside = protocol.command(sweep, [-1.0, segments[-1].stop, segments[-1].stop + 1])
    assert set(outside) == {protocol.rest(sweep)}


@FEWER
@given(strategies.protocols(), st.data())
def test_windows_tile_the_sweep(protocol, data):
    sweep = data.draw(st.integers(0, protocol.n_sweeps - 1))
    windows = protocol.epochs_of(sweep)
    assert len(windows) == len(protocol.epochs)  # none lasts 0 ms here
    at = 0.0
    for window in windows:
        assert window.start == at
        at = window.stop
    assert at == protocol.duration(sweep)
    total = sum(s.charge for s in protocol.segments(sweep))
    main = protocol.main_sweep(sweep)
    charges = [e.charge_at(main) for e in protocol.epochs if e.charge_at(main) is not None]
    factor = protocol.leak.factor if protocol.is_leak(sweep) else 1.0
    assert math.isclose(total, factor * math.fsum(charges), rel_tol=1e-9, abs_tol=1e-9)


@FEWER
@given(strategies.protocols())
def test_leak_copies_sum_to_the_sweep(protocol):
    """N copies of 1/N, added (or subtracted), differ from rest as much as the sweep itself does."""
    if protocol.leak is None:
        return
    count = protocol.leak.count
    sign = -1.0 if protocol.leak.inverted else 1.0
    assert [protocol.is_leak(s) for s in range(count + 1)] == [True] * count + [False]
    assert protocol.n_sweeps == protocol.sweeps * (count + 1)
    times = np.linspace(0, protocol.duration(0), 7, endpoint=False)
    copies = [protocol.command(s, times) - protocol.rest(s) for s in range(count)]
    whole = protocol.command(count, times) - protocol.rest(count)
    size = max(np.abs(whole).max(), *(abs(protocol.rest(s)) for s in range(count + 1)), 1.0)
    assert np.allclose(sign * np.sum(copies, axis=0), whole, rtol=0, atol=1e-12 * count * size)
