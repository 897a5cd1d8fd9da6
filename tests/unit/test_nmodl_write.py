"""Channels written as NMODL read back as the same laws; what cannot be written is refused."""

import numpy as np
import pytest

from loligo.cell import Cell, Channel, catalogue
from loligo.cell.interchange.nmodl import read_nmodl, write_neuron, write_nmodl
from loligo.errors import ModelError

CHANNELS = ("nata_t", "nats2_t", "nap_et2", "k_pst", "k_tst", "skv3_1", "im", "ih")
POTENTIALS = np.linspace(-120, 60, 37)


def cell_with(channel, temperature="31 degC"):
    return Cell(
        name="one",
        temperature=temperature,
        area="1000 um2",
        capacitance="1 uF/cm2",
        initial_potential="-65 mV",
        channel={"x": channel},
    )


def assert_same(first, second):
    one, other = (cell_with(channel) for channel in (first, second))
    names = {name for name in one.steady_state(POTENTIALS) if name.startswith("x.")}
    for name in names:
        assert one.steady_state(POTENTIALS)[name] == pytest.approx(
            other.steady_state(POTENTIALS)[name], rel=1e-9
        )
    expected = one.currents_at(POTENTIALS)["x"]
    assert other.currents_at(POTENTIALS)["x"] == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", [f"hay2011_{name}" for name in CHANNELS])
def test_channels_read_back_as_they_were(name):
    channel = catalogue.load(name)
    assert_same(channel, read_nmodl(write_nmodl(channel, name)).channel)


@pytest.mark.parametrize("key", ["na", "k", "leak"])
def test_channels_of_cells_read_back_as_they_were(key):
    for name in ("hodgkin_huxley1952", "connor1977"):
        channel = catalogue.load(name).channel[key]
        assert_same(channel, read_nmodl(write_nmodl(channel, "x")).channel)


def test_a_scheme_reads_back_as_it_was():
    scheme = {
        "states": ["C", "O", "B"],
        "open": {"O": 1.0},
        "let": {"a": "exponential(0.1 /ms, -40 mV, 20 mV)"},
        "transitions": ["C <-> O : a, 0.2 /ms", "O <-> B : 0.05 /ms, where(v < 0, 0.1, 0.2)"],
    }
    channel = Channel(conductance="3 mS/cm2", reversal="-77 mV", scheme=scheme, ion="k")
    text = write_nmodl(channel, "markov")
    assert "USEION k WRITE ik" in text
    assert "CONSERVE C + O + B = 1" in text
    assert_same(channel, read_nmodl(text).channel)


def test_concentrations_are_those_of_ions():
    sk = catalogue.load("hay2011_sk_e2")
    assert "USEION ca READ cai" in write_nmodl(sk, "sk", ions={"ca": "cai"})
    with pytest.raises(ModelError, match=r"sk cannot be written: .*unknown name 'ca'"):
        write_nmodl(sk, "sk")
    with pytest.raises(ModelError, match="'ica' is no concentration"):
        write_nmodl(sk, "sk", ions={"ca": "ica"})


def test_what_cannot_be_written_is_refused(tmp_path):
    leak = Channel(conductance="1 nS", reversal="-70 mV")
    with pytest.raises(ModelError, match="a density mechanism needs one per area"):
        write_nmodl(leak, "leak")
    with pytest.raises(ModelError, match="'1x' is no suffix"):
        write_nmodl(leak, "1x")
    strange = Channel(current="linoid_slope(v)")
    with pytest.raises(ModelError, match="linoid_slope has no counterpart in NMODL"):
        write_nmodl(strange, "strange")
    with pytest.raises(ModelError, match="only a Cell or a Neuron has sections in NEURON"):
        write_neuron(catalogue.load("izhikevich2003_rs"), tmp_path)


def test_a_cell_is_files_and_a_script(tmp_path):
    soma = catalogue.load("hay2011_soma")
    names = sorted(path.name for path in write_neuron(soma, tmp_path / "new"))
    assert "pools_ch.mod" in names
    assert {"nata_t_ch.mod", "leak_ch.mod", "cell.py"} <= set(names)
    for path in (tmp_path / "new").glob("*.mod"):
        assert max(len(line) for line in path.read_text("utf-8").splitlines()) < 500
    compile((tmp_path / "new/cell.py").read_text("utf-8"), "cell.py", "exec")
