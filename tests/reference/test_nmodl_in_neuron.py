"""NMODL in and out, live beside NEURON: its files in loligo, loligo's files in NEURON.

It needs NEURON in this Python, or ``LOLIGO_NEURON_PYTHON``, a Python that has it, and a C++
compiler.
"""

import json
from pathlib import Path

import pytest
from live_neuron import called, python_with_neuron
from nmodl_cases import CASES, FOLDER, cell_of, difference, protocol_of

from loligo.cell import Cell, Channel, catalogue
from loligo.cell.interchange.nmodl import write_neuron, write_nmodl

ROOT = Path(__file__).resolve().parents[2]
EXPORTED = {
    "hodgkin_huxley1952": ([[5.0, 40.0, 10.0]], 60.0),
    "hodgkin_huxley1952_schemes": ([[5.0, 40.0, 10.0]], 60.0),
    "connor1977": ([[5.0, 40.0, 12.0]], 60.0),
    "wang_buzsaki1996": ([[5.0, 40.0, 2.0]], 60.0),
    "pospischil2008_lts": ([[5.0, 40.0, 3.0]], 60.0),
    "hay2011_soma": ([[5.0, 40.0, 8.0]], 60.0),
}
CHANNELS = (
    *("adams1982_m", "hay2011_nata_t", "hay2011_nats2_t", "hay2011_nap_et2", "hay2011_k_pst"),
    *("hay2011_k_tst", "hay2011_skv3_1", "hay2011_sk_e2", "hay2011_im", "hay2011_ih"),
    *("hay2011_ca_hva", "hay2011_ca_lvast"),
)
WITH_CALCIUM = {"hay2011_sk_e2", "hay2011_ca_hva", "hay2011_ca_lvast"}
PULSES = [[10.0, 40.0, 6.0], [70.0, 30.0, -2.0]]


@pytest.fixture(scope="module")
def neuron():
    return python_with_neuron()


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


@pytest.fixture(scope="module")
def exported(neuron, tmp_path_factory):
    folder = tmp_path_factory.mktemp("channels")
    lines = [
        "[defaults]",
        "area = 1000.0\ntemperature = 30.0\ninitial_potential = -68.0\nduration = 120.0",
        f"pulses = {PULSES}\nleak = [0.2, -68.0]",
        "reversals = {}\nconcentrations = {}\nparameters = {}",
    ]
    for name in CHANNELS:
        ions = {"ca": "cai"} if name in WITH_CALCIUM else {}
        text = write_nmodl(catalogue.load(name), name, ions=ions)
        (folder / f"{name}.mod").write_text(text, encoding="utf-8")
        lines.append(f'[{name}]\nmechanisms = ["{name}"]')
        lines.append("concentrations = { cai = 3e-4 }" if ions else "")
    (folder / "cases.toml").write_text("\n".join(lines), encoding="utf-8")
    output = folder / "traces.json"
    called(neuron, ROOT / "benchmarks/nmodl_traces.py", folder, output, folder=folder)
    return json.loads(output.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CHANNELS)
def test_exported_channels(name, exported):
    cell = Cell(
        name=name,
        temperature="30 degC",
        area="1000 um2",
        capacitance="1 uF/cm2",
        initial_potential="-68 mV",
        constants={"ca": "3e-4 mM"} if name in WITH_CALCIUM else {},
        channel={
            "x": catalogue.load(name),
            "pas": Channel(conductance="0.2 mS/cm2", reversal="-68 mV"),
        },
    )
    away = difference(cell, protocol_of(PULSES, 120.0), exported[name]["v"])
    print(name, away)
    assert away < 0.01
