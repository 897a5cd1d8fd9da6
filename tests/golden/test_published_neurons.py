"""Published neurons beside their source simulations: NEURON with the authors' files.

``tests/golden/published_neurons`` was made by ``benchmarks/published_neurons``, with CVODE at a
tolerance of 1e-8. Compartments are the same, so that what differs is the solution in time.
"""

import json
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from loligo import Protocol, simulate
from loligo.cell import catalogue

FOLDER = Path(__file__).parent / "published_neurons"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
STEPS = ("0.025 ms", "0.0125 ms", "0.00625 ms")
LATEST = {"mainen_sejnowski1996_l5": 0.15, "hjorth2020_dspn": 0.05}
"""How far the worst spike may be from NEURON's at the shortest step [ms]."""


@lru_cache
def source(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@lru_cache
def neuron(name):
    return catalogue.load(name)


def step(said):
    words = [f"hold for {said['start']} ms", f"step {said['current']} pA for {said['length']} ms"]
    return Protocol("step", words, holding="0 pA")


def run(name, protocol, **options):
    """Record the same sites whatever is asked, so that there is one kernel for a neuron."""
    record = [f"v at {site}" for site in source(name)["firing"]["peaks"]]
    return simulate(neuron(name), protocol, record=record, **options)


@lru_cache
def fired(name, dt):
    return run(name, step(source(name)["firing"]), sampling="0.05 ms", dt=dt, spikes=True)


@pytest.mark.parametrize("name", NAMES)
def test_compartments_are_those_of_the_source(name):
    assert dict(neuron(name).counts) == source(name)["counts"]


@pytest.mark.parametrize("name", NAMES)
def test_rest_and_input_resistance(name):
    protocol = Protocol("still", ["hold for 2000 ms"], holding="1 pA")
    scale = {"command.scale": (np.array([-10.0, 0.0, 10.0]), "")}
    found = run(name, protocol, sampling="100 ms", dt="0.1 ms", parameters=scale)
    low, rest, high = found.final["v"][:, 0, 0]
    assert rest == pytest.approx(source(name)["rest"], abs=1e-4)
    assert 1e3 * (high - low) / 20.0 == pytest.approx(source(name)["resistance"], rel=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_potentials_below_threshold(name):
    said = source(name)["subthreshold"]
    found = run(name, step(said), sampling="1 ms")
    for site, expected in said["v"].items():
        v = found[f"v at {site}"][0, 0, : len(expected)]
        np.testing.assert_allclose(v, expected, atol=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_spikes_converge_to_those_of_the_source(name):
    expected = np.array(source(name)["firing"]["spikes"])
    errors = [np.abs(fired(name, dt).spike_times() - expected).max() for dt in STEPS]
    assert errors[2] < LATEST[name]
    for longer, shorter in pairwise(errors):
        assert longer / shorter > 2.5
    assert fired(name, STEPS[0]).spike_times()[0] == pytest.approx(expected[0], abs=0.05)


@pytest.mark.parametrize("name", NAMES)
def test_first_spike_in_the_dendrites(name):
    said, found = source(name)["firing"], fired(name, STEPS[-1])
    first = said["spikes"][0]
    near = (found.times > first - 5.0) & (found.times < first + 8.0)
    for site, (time, peak) in said["peaks"].items():
        v = found[f"v at {site}"][0, 0, near]
        assert v.max() == pytest.approx(peak, abs=0.1), site
        assert found.times[near][v.argmax()] == pytest.approx(time, abs=0.06), site
