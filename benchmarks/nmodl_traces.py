"""NMODL files in NEURON: ``python benchmarks/nmodl_traces.py FOLDER OUTPUT``.

It needs NEURON and a C++ compiler, and not loligo. The folder holds ``.mod`` files and
``cases.toml``, which says which of them are inserted together and what is injected; the output is a
JSON file with the potential of each case, solved by CVODE. ``tests/golden/nmodl/traces.json`` was
made by it.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

INTERVAL = 0.5
"""Between samples [ms]."""


def compiled(folder: Path, work: Path) -> None:
    """Compile the files of a folder and load them into NEURON."""
    from neuron import load_mechanisms

    for path in folder.glob("*.mod"):
        (work / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    command = Path(sys.executable).with_name("nrnivmodl")
    done = subprocess.run(
        [str(command), "."], cwd=work, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"nrnivmodl failed:\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}")
    load_mechanisms(str(work))


def run(case: dict[str, Any]) -> dict[str, list[float]]:
    """Return times [ms] and potentials [mV] of a case."""
    from neuron import h

    h.load_file("stdrun.hoc")
    section = h.Section(name="cell")
    section.L = section.diam = math.sqrt(case["area"] / math.pi)
    section.cm = 1.0
    for name in case["mechanisms"]:
        section.insert(name)
        if hasattr(h, f"usetable_{name}"):
            setattr(h, f"usetable_{name}", 0)
        for parameter, value in case["parameters"].get(name, {}).items():
            setattr(section(0.5), f"{parameter}_{name}", value)
    if case["leak"]:
        section.insert("pas")
        section.g_pas, section.e_pas = 1e-3 * case["leak"][0], case["leak"][1]
    for name, value in case["reversals"].items():
        h.ion_style(f"{name[1:]}_ion", 1, 1, 0, 0, 0, sec=section)
        setattr(section, name, value)
    for name, value in case["concentrations"].items():
        setattr(section, name, value)
    clamps = []
    for start, length, density in case["pulses"]:
        clamp = h.IClamp(section(0.5))
        clamp.delay, clamp.dur, clamp.amp = start, length, 1e-5 * density * case["area"]
        clamps.append(clamp)
    h.celsius = case["temperature"]
    solver = h.CVode()
    solver.active(1)
    solver.atol(1e-11)
    solver.rtol(1e-11)
    count = round(case["duration"] / INTERVAL)
    times = h.Vector([INTERVAL * i for i in range(count)])
    potential = h.Vector().record(section(0.5)._ref_v, times)
    h.finitialize(case["initial_potential"])
    solver.solve(case["duration"])
    return {"t": [round(x, 6) for x in times], "v": [round(x, 6) for x in potential]}


def main(folder: Path, output: Path) -> None:
    """Run all cases of a folder."""
    cases = tomllib.loads((folder / "cases.toml").read_text(encoding="utf-8"))
    defaults = cases.pop("defaults")
    with tempfile.TemporaryDirectory() as work:
        compiled(folder, Path(work))
        traces = {name: run({**defaults, **case}) for name, case in cases.items()}
    text = ",\n".join(f'"{name}": {json.dumps(trace)}' for name, trace in traces.items())
    output.write_text("{\n" + text + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
