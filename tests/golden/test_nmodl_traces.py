"""Imported NMODL files beside NEURON, which ran the very same files.

``traces.json`` was made by ``benchmarks/nmodl_traces.py``, which does not know loligo.
"""

import json

import numpy as np
import pytest
from nmodl_cases import CASES, FILES, FOLDER, cell_of, difference, protocol_of

TRACES = json.loads((FOLDER / "traces.json").read_text(encoding="utf-8"))
SPIKING = {"squid", "na_cortex", "na_hippocampus", "nat_layer5", "naf_thalamus", "na_markov"}


def test_every_file_is_in_a_case():
    assert {path.stem for path in FILES} == {
        m for case in CASES.values() for m in case["mechanisms"]
    }
    assert len(FILES) >= 20
    assert TRACES.keys() == CASES.keys()


@pytest.mark.parametrize("name", CASES)
def test_potential_is_that_of_neuron(name):
    case = CASES[name]
    protocol = protocol_of(case["pulses"], case["duration"])
    expected = np.asarray(TRACES[name]["v"])
    assert difference(cell_of(name), protocol, expected) < 0.01
    if name in SPIKING:
        assert np.count_nonzero(np.diff((expected > 0).astype(int)) > 0) >= 2
    else:
        assert np.ptp(expected) > 5
