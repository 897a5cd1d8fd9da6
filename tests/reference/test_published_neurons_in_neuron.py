"""Published neurons live beside NEURON, which gets loligo's own files of them.

The originals are the referee in ``tests/golden/test_published_neurons.py``; this says that what
loligo writes of a neuron, branch by branch, means the same there. It needs NEURON in this Python,
or ``LOLIGO_NEURON_PYTHON``, a Python that has it, and a C++ compiler.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from neurons_in_neuron import write

from loligo import Protocol, simulate
from loligo.cell import catalogue

CASES = {
    "mainen_sejnowski1996_l5": (200.0, 5.0, 90.0),
    "hjorth2020_dspn": (400.0, 5.0, 90.0),
}
"""Current [pA], when it begins and the end [ms]."""
GOLDEN = Path(__file__).resolve().parents[1] / "golden/published_neurons"


@pytest.fixture(scope="module")
def python():
    """A Python that has NEURON."""
    found = os.environ.get("LOLIGO_NEURON_PYTHON")
    if found is None and importlib.util.find_spec("neuron") is None:
        pytest.skip("no NEURON here; set LOLIGO_NEURON_PYTHON to a Python that has it")
    if shutil.which("g++") is None and shutil.which("clang++") is None:
        pytest.skip("no C++ compiler, which nrnivmodl needs")
    return found or sys.executable


def called(*command, folder):
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    words = [str(word) for word in command]
    env = {**os.environ, "PATH": path}
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.parametrize("name", CASES)
def test_neurons_mean_the_same_in_neuron(name, python, tmp_path):
    current, start, stop = CASES[name]
    sites = list(json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))["firing"]["peaks"])
    neuron = catalogue.load(name)
    write(neuron, tmp_path, current=current, start=start, stop=stop, sites=sites)
    called(Path(python).with_name("nrnivmodl"), ".", folder=tmp_path)
    called(python, "run.py", folder=tmp_path)
    expected = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    words = [f"hold for {start} ms", f"step {current} pA for {stop - start} ms"]
    found = simulate(
        neuron,
        Protocol("step", words, holding="0 pA"),
        record=[f"v at {site}" for site in sites],
        sampling="1 ms",
        dt="0.00625 ms",
        spikes=True,
    )
    spikes = np.array(expected["spikes"])
    assert spikes.size > 0
    np.testing.assert_allclose(found.spike_times(), spikes, atol=0.05)
    before = int(spikes[0]) - 3
    for site in sites:
        v = found[f"v at {site}"][0, 0, :before]
        np.testing.assert_allclose(v, expected["v"][site][:before], atol=2e-3)
