"""Run the documents of ``tests/golden/neuroml`` in jNeuroML's own simulator, and keep its traces.

``python tests/golden/generators/neuroml_traces.py path/to/jNeuroML-jar-with-dependencies.jar``
needs Java and the jar that the package pyNeuroML carries; loligo is not imported. Each document
with a cell runs in a folder of its own, without any stimulus: the cells are written so that they
fire or oscillate by themselves, because a pulse would begin a step late. jLEMS takes Euler's steps
whatever method is asked for, so that four runs, each with half the step of the one before, are
extrapolated to no step (Richardson); after a reset, which falls on a step, that is not possible.
A scheme (gateKS) starts in jLEMS with all channels in the first state.
"""

import itertools
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "neuroml"
CASES = {
    "spiker": ("spiker.cell.nml", "spiker", 15.0, 4e-4, ["v"]),
    "populated": ("populated.cell.nml", "populated", 15.0, 4e-4, ["v"]),
    "schemes": ("schemes.nml", "schemer", 12.0, 4e-4, ["v"]),
    "courses": ("courses.nml", "coursed", 40.0, 4e-3, ["v"]),
    "expressions": ("expressions.nml", "expressive", 12.0, 4e-4, ["v"]),
    "gates": ("gates.nml", "kinds", 150.0, 1e-2, ["v"]),
    "pool": ("pool.nml", "pooled", 120.0, 4e-3, ["v", "caConc"]),
    "permeable": ("permeable.nml", "permeable", 120.0, 4e-3, ["v", "caConc"]),
    "leaky": ("points.nml", "leaky", 80.0, 4e-3, ["v"]),
    "refractory": ("points.nml", "refractory", 80.0, 4e-3, ["v"]),
    "simple": ("points.nml", "simple", 80.0, 4e-3, ["v"]),
    "adaptive": ("points.nml", "adaptive", 80.0, 4e-3, ["v"]),
}
"""Name of the trace: document, cell, duration [ms], longest step [ms], what is recorded."""

POINTS = {"leaky": 5.0, "refractory": 5.0, "simple": 20.0, "adaptive": 10.0}
"""Those that are reset, and the fall of the potential [mV] by which a reset is known."""

HALVINGS = 3
KEPT = 0.1
"""Interval of the samples that are kept [ms]."""

TEMPERATURES = {
    "spiker": 14, "populated": 14, "schemes": 20, "courses": 30, "expressions": 33, "gates": 25,
    "pool": 24, "permeable": 32,
}  # fmt: skip

_LEMS = """<Lems>
    <Target component="sim"/>
    <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
    <Include file="{document}"/>
    <network id="run" type="networkWithTemperature" temperature="{temperature} degC">
        <population id="pop" component="{cell}" size="1"/>
    </network>
    <Simulation id="sim" length="{length} ms" step="{step} ms" target="run">
        <OutputFile id="out" fileName="out.dat">{columns}</OutputFile>
    </Simulation>
</Lems>
"""


def run(jar, name, step):
    """Return the rows of one run: time [ms], potential [mV], concentration [mM]; and the spikes."""
    document, cell, length, _, recorded = CASES[name]
    with tempfile.TemporaryDirectory() as folder:
        for source in FOLDER.glob("*.nml"):
            shutil.copy(source, folder)
        columns = "".join(
            f'<OutputColumn id="{item}" quantity="pop[0]/{item}"/>' for item in recorded
        )
        text = _LEMS.format(
            document=document, cell=cell, length=length, step=f"{step:.10f}", columns=columns,
            temperature=TEMPERATURES.get(name, 20),
        )  # fmt: skip
        Path(folder, "LEMS_run.xml").write_text(text, encoding="utf-8")
        done = subprocess.run(
            ["java", "-Xmx1500M", "-jar", jar, "LEMS_run.xml", "-nogui"],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        output = Path(folder, "out.dat")
        if not output.exists():
            raise SystemExit(f"{name}: {done.stdout[-3000:]}{done.stderr[-1000:]}")
        rows = [[float(x) for x in line.split()] for line in output.read_text().splitlines()]
    scales = [1e3, *(1e3 if item == "v" else 1.0 for item in recorded)]
    rows = [[x * scale for x, scale in zip(row, scales, strict=True)] for row in rows]
    v = [row[1] for row in rows]
    fall = POINTS.get(name)
    spikes = [
        rows[i][0]
        for i in range(1, len(v))
        if (v[i - 1] < 0.0 <= v[i] if fall is None else v[i] < v[i - 1] - fall)
    ]
    return rows[:: round(KEPT / step)], spikes


def extrapolated(runs):
    """Return what values at steps h, h/2, h/4, ... tend to, the error a series in h."""
    order = 1
    while len(runs) > 1:
        weight = 2.0**order
        runs = [
            (weight * fine - coarse) / (weight - 1) for coarse, fine in itertools.pairwise(runs)
        ]
        order += 1
    return runs[0]


def main():
    """Write a file of traces for each case."""
    for name in sys.argv[2:] or CASES:
        document, cell, length, step, recorded = CASES[name]
        runs = [run(sys.argv[1], name, step / 2**k) for k in range(HALVINGS + 1)]
        finest, spikes = runs[-1]
        count = min(round(length / KEPT), len(finest))
        until = spikes[0] - 0.5 if name in {"simple", "adaptive"} else length
        if name in {"leaky", "refractory"}:
            runs = runs[-1:]  # reset at the start: Euler's error is below 0.001 mV all the same
        found = {
            "made_by": "jNeuroML 0.14.0 (jLEMS), extrapolated",
            "document": document,
            "cell": cell,
            "finest_step": step / 2**HALVINGS,
            "spikes": [round(x, 5) for x in spikes],
            "interval": KEPT,
        }
        for column, item in enumerate(recorded, 1):
            found[item] = [
                float(f"{extrapolated([rows[k][column] for rows, _ in runs]):.8g}")
                for k in range(count)
                if finest[k][0] < until
            ]
        FOLDER.joinpath(f"{name}.json").write_text(json.dumps(found) + "\n", encoding="utf-8")
        v = found["v"] or [0]
        print(name, len(v), f"{min(v):.2f} to {max(v):.2f} mV,", found["spikes"][:6], flush=True)


if __name__ == "__main__":
    main()
