"""NMODL in and out, live beside NEURON: its files in loligo, loligo's files in NEURON.

It needs NEURON in this Python, or ``LOLIGO_NEURON_PYTHON``, a Python that has it, and a C++
compiler.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nmodl_cases import CASES, FOLDER, cell_of, difference, protocol_of

from loligo.cell import catalogue
from loligo.cell.interchange.nmodl import write_neuron

ROOT = Path(__file__).resolve().parents[2]
EXPORTED = {
    "hodgkin_huxley1952": ([[5.0, 40.0, 10.0]], 60.0),
    "hodgkin_huxley1952_schemes": ([[5.0, 40.0, 10.0]], 60.0),
    "connor1977": ([[5.0, 40.0, 12.0]], 60.0),
    "wang_buzsaki1996": ([[5.0, 40.0, 2.0]], 60.0),
    "pospischil2008_lts": ([[5.0, 40.0, 3.0]], 60.0),
    "hay2011_soma": ([[5.0, 40.0, 8.0]], 60.0),
}


@pytest.fixture(scope="module")
def neuron():
    """A Python that has NEURON."""
    python = os.environ.get("LOLIGO_NEURON_PYTHON")
    if python is None and importlib.util.find_spec("neuron") is None:
        pytest.skip("no NEURON here; set LOLIGO_NEURON_PYTHON to a Python that has it")
    if shutil.which("g++") is None and shutil.which("clang++") is None:
        pytest.skip("no C++ compiler, which nrnivmodl needs")
    return python or sys.executable


def called(*command, folder):
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def traces(neuron, tmp_path_factory):
    output = tmp_path_factory.mktemp("traces") / "traces.json"
    called(neuron, ROOT / "benchmarks/nmodl_traces.py", FOLDER, output, folder=output.parent)
    return json.loads(output.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_imported_channels(name, traces):
    case = CASES[name]
    protocol = protocol_of(case["pulses"], case["duration"])
    assert difference(cell_of(name), protocol, traces[name]["v"]) < 0.01


@pytest.mark.parametrize("name", EXPORTED)
def test_exported_cells(name, neuron, tmp_path):
    cell = catalogue.load(name)
    pulses, duration = EXPORTED[name]
    write_neuron(cell, tmp_path)
    called(Path(neuron).with_name("nrnivmodl"), ".", folder=tmp_path)
    in_pa = [[start, length, density * 0.01 * cell.area] for start, length, density in pulses]
    script = (
        f"import json, cell\n"
        f"_, v = cell.run(cell.build(), {duration}, {in_pa}, 0.5, 1e-10)\n"
        f"open('trace.json', 'w').write(json.dumps(v))\n"
    )
    called(neuron, "-c", script, folder=tmp_path)
    expected = json.loads((tmp_path / "trace.json").read_text(encoding="utf-8"))
    assert difference(cell, protocol_of(pulses, duration), expected) < 0.01
