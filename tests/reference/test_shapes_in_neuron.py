"""Neurons with a shape, written for NEURON and run there, beside loligo.

It needs what `test_nmodl_in_neuron` needs.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from live_neuron import called, python_with_neuron
from shaped_cells import CASES, converged

from loligo import Protocol
from loligo.cell.interchange.nmodl import write_neuron


@pytest.mark.parametrize("name", CASES)
def test_neurons_are_the_same_there(name, tmp_path):
    neuron = python_with_neuron()
    make, at, places, current = CASES[name]
    cell = make()
    write_neuron(cell, tmp_path)
    called(Path(neuron).with_name("nrnivmodl"), ".", folder=tmp_path)
    script = (
        f"import json, cell\n"
        f"pulses = [(5.0, 30.0, {current!r})]\n"
        f"_, found = cell.run(cell.build(), 40.0, pulses, {at!r}, {places!r}, 0.1, 1e-9)\n"
        f"open('traces.json', 'w').write(json.dumps(found))\n"
    )
    called(neuron, "-c", script, folder=tmp_path)
    expected = np.array(json.loads((tmp_path / "traces.json").read_text(encoding="utf-8")))
    words = ["hold for 5 ms", f"step {current!r} pA for 30 ms", "hold for 5 ms"]
    found = converged(cell, Protocol("pulse", words, holding="0 pA"), at, places, 400)
    assert expected.max() > 30.0
    assert np.abs(found - expected).max() < 1e-3
