"""``python -m benchmarks.published_neurons NAME FOLDER OUTPUT``; see the package."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.published_neurons import hjorth, mainen_sejnowski
from benchmarks.published_neurons.measure import fired, resistance, rest, traced

NEURONS: dict[str, ModuleType] = {
    "mainen_sejnowski1996_l5": mainen_sejnowski,
    "hjorth2020_dspn": hjorth,
}


def load(model: ModuleType, folder: Path) -> None:
    """Compile the mechanisms of a neuron and load them into NEURON."""
    from neuron import load_mechanisms

    work = Path(tempfile.mkdtemp())
    used = getattr(model, "USED", ())
    for path in (folder / model.MECHANISMS).glob("*.mod"):
        if not used or path.stem in used:
            (work / path.name).write_text(path.read_text("utf-8"), encoding="utf-8")
    command = str(Path(sys.executable).with_name("nrnivmodl"))
    done = subprocess.run([command, "."], cwd=work, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"nrnivmodl failed:\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}")
    load_mechanisms(str(work))


def main(name: str, folder: Path, output: Path) -> None:
    """Build a neuron, measure it, and write what was found."""
    model = NEURONS[name]
    load(model, folder)
    soma, shape = model.build(folder)
    sites = {"soma": soma(0.5), **{site: shape.segment(site) for site in model.SITES}}
    found: dict[str, Any] = {
        "source": model.SOURCE,
        "made_by": "benchmarks/published_neurons, NEURON with the authors' files, CVODE",
        "counts": shape.counts(),
        "rest": rest(soma, model.REST),
        "resistance": resistance(soma, model.REST),
        "subthreshold": traced(soma, sites, model.REST, *model.RUNS["subthreshold"]),
        "firing": fired(soma, sites, model.REST, *model.RUNS["firing"]),
    }
    lines = [f'"{key}": {json.dumps(value)}' for key, value in found.items()]
    output.mkdir(exist_ok=True)
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    (output / f"{name}.json").write_text(text, encoding="utf-8")
    (output / f"{name}.swc").write_text(shape.text(model.HEADER), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
