"""Somata of contours and written SWC files, beside NEURON's Import3d.

It needs NEURON in this Python, or ``LOLIGO_NEURON_PYTHON``, a Python that has it.
"""

import importlib.util
import json
import os
import subprocess
import sys

import pytest
from somata import SOMATA, as_neurolucida, as_swc

from loligo.cell.morphology import ball_and_stick, cable, read_swc, write_swc

SCRIPT = """
import json, math, sys
from neuron import h
h.load_file("stdlib.hoc"); h.load_file("import3d.hoc")
found = {}
for path in sys.argv[1:]:
    for section in list(h.allsec()):
        h.delete_section(sec=section)
    reader = h.Import3d_SWC_read() if path.endswith("swc") else h.Import3d_Neurolucida3()
    reader.quiet = 1
    reader.input(path)
    h.Import3d_GUI(reader, False).instantiate(None)
    found[path] = {}
    for s in h.allsec():
        d = [s.diam3d(i) for i in range(s.n3d())]
        x = [s.arc3d(i) for i in range(s.n3d())]
        area = sum(
            math.pi * (d[i] + d[i + 1]) / 2 * math.hypot(x[i + 1] - x[i], (d[i + 1] - d[i]) / 2)
            for i in range(len(d) - 1)
        )
        found[path][s.name()] = (s.L, area)
print("FOUND", json.dumps(found))
"""


@pytest.fixture(scope="module")
def imported():
    """Call NEURON's Import3d on files."""
    python = os.environ.get("LOLIGO_NEURON_PYTHON")
    if python is None and importlib.util.find_spec("neuron") is None:
        pytest.skip("no NEURON here; set LOLIGO_NEURON_PYTHON to a Python that has it")

    def call(paths):
        done = subprocess.run(
            [python or sys.executable, "-c", SCRIPT, *map(str, paths)],
            env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return json.loads(done.stdout.partition("FOUND")[2])

    return call


def test_contours(imported, tmp_path):
    """Length and area within 2 %; Import3d leaves out the outermost of its points."""
    paths = {}
    for name, points in SOMATA.items():
        paths[name] = tmp_path / f"{name}.asc"
        paths[name].write_text(as_neurolucida(points), encoding="utf-8")
    found = imported(paths.values())
    for name, points in SOMATA.items():
        swc = tmp_path / "cell.swc"
        swc.write_text(as_swc(points), encoding="utf-8")
        soma = read_swc(swc).branch("soma")
        length, area = found[str(paths[name])]["soma[0]"]
        assert soma.length == pytest.approx(length, rel=0.02)
        assert soma.area == pytest.approx(area, rel=0.02)


def test_written_files(imported, tmp_path):
    """The same length and area; NEURON keeps places in single precision."""
    shapes = {
        "ball.swc": ball_and_stick("20 um", "600 um", "2 um"),
        "cable.swc": cable("1 mm", "2 um", end_diameter="1 um"),
    }
    source = tmp_path / "source.swc"
    source.write_text(as_swc(SOMATA["pear"]), encoding="utf-8")
    shapes["read.swc"] = read_swc(source)
    for name, shape in shapes.items():
        write_swc(shape, tmp_path / name)
    found = imported([tmp_path / name for name in shapes])
    for name, shape in shapes.items():
        sections = found[str(tmp_path / name)].values()
        assert len(sections) == len(shape.branches)
        assert sum(length for length, _ in sections) == pytest.approx(shape.length, rel=1e-6)
        assert sum(area for _, area in sections) == pytest.approx(shape.area, rel=1e-6)
