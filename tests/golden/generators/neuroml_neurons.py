"""Run the cells of many segments of ``tests/golden/neuroml`` in NEURON, and keep the traces.

``python -m tests.golden.generators.neuroml_neurons JAR PYTHON`` from the repository, with the jar
of jNeuroML, which translates the documents, and a Python that has NEURON. Each gets a step of
current into the middle of its soma, cut as it says or as is told here. CVODE's tolerance is 1e-10,
because the translated mechanisms compute their currents with the gates of the call before.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.neuroml_cells import neuron_trace

FOLDER = Path(__file__).resolve().parents[1] / "neuroml"
CASES = {"dendrites": (20.0, 0.3, -65.0, 20.0), "divided": (0.0, 0.4, -66.0, 24.0)}
"""Longest compartment [um], 0 for what the document says, current [nA], start [mV], soma [um]."""

START, INTERVAL, COUNT, TEMPERATURE = 5.0, 0.5, 120, 14.0


def main():
    """Write a file of traces for each case."""
    jar, python = Path(sys.argv[1]), sys.argv[2]
    for name, (longest, current, initial, root) in CASES.items():
        told = {
            "longest": longest,
            "root": root,
            "current": current,
            "temperature": TEMPERATURE,
            "initial": initial,
            "start": START,
            "times": [INTERVAL * i for i in range(COUNT)],
            "tolerances": [1e-10],
        }
        document = f"{name}.cell.nml"
        with tempfile.TemporaryDirectory() as folder:
            for source in (FOLDER / document, *FOLDER.glob("spiker_*.nml")):
                shutil.copy(source, folder)
            found = neuron_trace(Path(folder, document), Path(folder), name, told, jar, python)
        kept = {
            "document": document,
            "program": "jNeuroML 0.14.0 for NEURON 9.0.2, CVODE, tolerance 1e-10",
            "current": current,
            "start": START,
            "longest": longest or None,
            "interval": INTERVAL,
            "temperature": TEMPERATURE,
            "v": [float(f"{x:.9g}") for x in found["v"][0]],
        }
        FOLDER.joinpath(f"{name}.json").write_text(json.dumps(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
