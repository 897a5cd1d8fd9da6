"""What is read of NeuroML documents, what is refused and where; what is written reads back."""

from pathlib import Path

import numpy as np
import pytest

from loligo.cell import Cell, Channel, PointNeuron, catalogue
from loligo.cell.interchange.neuroml import read_neuroml, write_neuroml
from loligo.errors import ModelError

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "neuroml"
POTENTIALS = np.linspace(-120.0, 60.0, 1801)
HEAD = '<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="test">\n'
GATE = """<ionChannelHH id="c" conductance="1pS"><gateHHrates id="m" instances="2">
<forwardRate type="HHExpRate" rate="1per_ms" midpoint="-40mV" scale="9mV"/>
<reverseRate type="HHSigmoidRate" rate="0.5per_ms" midpoint="-40mV" scale="-9mV"/>
</gateHHrates></ionChannelHH>"""
CELLS = [name for name in catalogue.names() if isinstance(catalogue.load(name), Cell)]
CHANNELS = [name for name in catalogue.names() if isinstance(catalogue.load(name), Channel)]
POINTS = [name for name in catalogue.names() if isinstance(catalogue.load(name), PointNeuron)]
REFUSED = {
    "beattie2018_cell5": "channel.herg.reversal depends on temperature",
    "beattie2018_cell5_scheme": "channel.herg.reversal depends on temperature",
    "hudspeth_lewis1988": "pool.calcium.derivative",
    "luo_rudy1991": "pool.ca.derivative",
    "pospischil2008_ib": "channel.ca_l.reversal depends on temperature",
    "severi2012": "one pool, calcium",
    "ten_tusscher_panfilov2006_epicardial": "one pool, calcium",
}


def _read(tmp_path, body, **options):
    path = tmp_path / "test.nml"
    path.write_text(f"{HEAD}{body}\n</neuroml>", encoding="utf-8")
    return read_neuroml(path, **options)


def _rate(value, dimension="per_time", extends="baseVoltageDepRate", more=""):
    """A channel whose forward rate is an expression."""
    rate = '<forwardRate type="mine"/>'
    gate = GATE.replace(GATE[GATE.index("<forwardRate") : GATE.index("\n<reverseRate")], rate)
    return f"""{gate}<ComponentType name="mine" extends="{extends}">{more}
<Constant name="MS" dimension="time" value="1 ms"/>
<Constant name="MV" dimension="voltage" value="1 mV"/><Dynamics>
<DerivedVariable name="r" exposure="r" dimension="{dimension}" value="{value}"/>
</Dynamics></ComponentType>"""


def _alpha(document, v):
    channel = document.channel.channel(conductance="1 mS/cm2", reversal="0 mV")
    cell = _cell({"c": channel})
    lowered = cell.steady_state(v)["c.m"]
    beta = 0.5 / (1 + np.exp((v + 40) / 9))
    return beta * lowered / (1 - lowered)


def _cell(channels, **more):
    fields = {"area": "100 um2", "capacitance": "1 uF/cm2", "initial_potential": "-65 mV"}
    return Cell(name="x", channel=channels, **{"temperature": "20 degC", **fields, **more})


# Reading ------------------------------------------------------------------------------------------


def test_named_rates_are_shapes(tmp_path):
    channel = _read(tmp_path, GATE).channel.channel(conductance="1 nS", reversal="10 mV")
    gate = channel.gate["m"]
    assert gate.power == 2
    assert str(gate.alpha) == "exponential(1 /ms, -40 mV, 9 mV)"
    assert str(gate.beta) == "sigmoid(0.5 /ms, -40 mV, -9 mV)"


def test_the_cell_says_what_its_document_says():
    cell = read_neuroml(FOLDER / "spiker.cell.nml").cell
    assert cell.temperature == 14
    assert cell.area == pytest.approx(np.pi * 20.5 * 30, rel=1e-15)
    assert cell.capacitance.value == 1.0
    assert {key: channel.conductance.value for key, channel in cell.channel.items()} == {
        "na": 115.0,
        "k": 35.0,
        "leak": 0.5,
    }
    assert cell.channel["na"].gate["h"].alpha.rate == 0.08
    assert cell.channel["na"].gate["h"].q10 == 2.8


def test_schemes_know_their_single_channel():
    cell = read_neuroml(FOLDER / "schemes.nml").cell
    scheme = cell.channel["na"].scheme
    assert scheme.states == ("c1", "c2", "o", "i")
    assert scheme.single_channel_conductance == 0.018
    assert cell.channel["k"].gate["n"].power == 4


def test_a_sphere_and_the_shell_beneath_it():
    cell = read_neuroml(FOLDER / "pool.nml").cell
    assert cell.area == pytest.approx(np.pi * 14**2, rel=1e-15)
    shell = 4 / 3 * np.pi * (7**3 - 6.7**3) / cell.area
    assert cell.pool["ca"].depth == pytest.approx(shell, rel=1e-5)
    assert cell.channel["ca"].reversal == "nernst(2, ca_outside, ca)"
    assert cell.constants["ca_outside"].value == 2.4


def test_refractory_periods_are_read():
    cells = read_neuroml(FOLDER / "points.nml").cells
    assert cells["refractory"].refractory == 4
    assert cells["leaky"].refractory == 0
    assert cells["simple"].recovery_sensitivity == 0.28


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("exp(v / (20 * MV)) / MS", lambda v: np.exp(v / 20)),
        ("(2 + sqrt(4))^2 / MS", lambda v: 16 + 0 * v),
        ("2 ^ (v / (40 * MV)) / MS", lambda v: 2 ** (v / 40)),
        ("((v - 3 * MV)/MV)^2 / MS", lambda v: (v - 3) ** 2),
        ("(1 - -.5e0) / MS", lambda v: 1.5 + 0 * v),
        ("ln(exp(2)) / MS + abs(v) / MV / MS", lambda v: 2 + np.abs(v)),
        ("-(-3) * 10^-1 / MS", lambda v: 0.3 + 0 * v),
    ],
)
def test_expressions_are_computed(tmp_path, value, expected):
    v = np.linspace(-80.0, 20.0, 41)
    assert _alpha(_read(tmp_path, _rate(value)), v) == pytest.approx(expected(v), rel=1e-9)


def test_a_guarded_gap_becomes_a_linoid(tmp_path):
    cell = read_neuroml(FOLDER / "expressions.nml").cell
    assert "linoid" in cell.channel["na"].gate["m"].alpha
    assert np.isfinite(cell.steady_state(-50.0 + 1e-13)["na.m"])


def test_what_is_skipped_is_told(tmp_path):
    body = f'{GATE}<pulseGenerator id="p" delay="1ms"/>'
    with pytest.raises(ModelError, match=r"test.nml, line 5, <pulseGenerator id='p'>"):
        _read(tmp_path, body)
    found = _read(tmp_path, body, skip=["pulseGenerator"])
    assert found.skipped == ("test.nml, line 5, <pulseGenerator id='p'>",)


def test_kelvin_and_temperature_argument(tmp_path):
    path = FOLDER / "points.nml"
    assert read_neuroml(path, temperature="300 K").temperature == pytest.approx(26.85)


def test_a_temperature_that_matters_must_be_given(tmp_path):
    text = (FOLDER / "pool.nml").read_text(encoding="utf-8")
    text = text.replace("networkWithTemperature", "network").replace('temperature="24 degC"', "")
    path = tmp_path / "pool.nml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="depend on the temperature"):
        read_neuroml(path)
    assert read_neuroml(path, temperature="24 degC").cell.temperature == 24


# Refusals -----------------------------------------------------------------------------------------

WRONG = {
    "a unit of another dimension": (GATE.replace("9mV", "9ms", 1), "line 3, .*dimension time"),
    "an unknown unit": (GATE.replace("1per_ms", "1per_fortnight"), "unknown; per_time is needed"),
    "no unit": (GATE.replace("9mV", "9", 1), "dimension none"),
    "an unknown attribute": (GATE.replace("instances", "instanzes"), "'instances' is missing"),
    "an unknown rate": (GATE.replace("HHExpRate", "HHExpRat"), "did you mean 'HHExpRate'"),
    "half an instance": (GATE.replace('"2"', '"2.5"'), "whole number"),
    "an unknown element": (GATE.replace("reverseRate", "backwardRate"), "not understood inside"),
    "a second rate": (
        GATE.replace("</gateHHrates>", '<forwardRate type="HHExpRate"/></gateHHrates>'),
        "a second <forwardRate>",
    ),
    "a channel twice": (GATE + GATE.replace("\n", ""), "is taken by"),
    "a scale of 0": (GATE.replace("9mV", "0mV", 1), "scale is 0"),
    "volts and seconds": (_rate("(v + MS) / MV / MS"), "voltage and a time do not go together"),
    "the wrong dimension": (_rate("v / MV"), "per_time is needed"),
    "exp of volts": (_rate("exp(v) / MS"), "of a voltage"),
    "an unknown name": (_rate("w / MS"), "unknown name 'w'"),
    "an unknown function": (_rate("random(1) / MS"), "'random' is not read"),
    "a gap": (_rate("1 / (v / MV) / MS"), None),
    "another base": (_rate("1 / MS", extends="baseSynapse"), "extends 'baseSynapse'"),
    "itself": (_rate("r"), "needs itself"),
    "a state": (
        _rate("1 / MS").replace("<Dynamics>", '<Dynamics><StateVariable name="s"/>'),
        "<StateVariable name='s'>: is not understood",
    ),
    "a requirement": (
        _rate("1 / MS", more='<Requirement name="iSyn" dimension="current"/>'),
        "nothing gives 'iSyn'",
    ),
    "another neuron": (
        '<izhikevich2007Cell id="i"/>', "line 2, <izhikevich2007Cell id='i'>: is not read",
    ),
    "a synapse": ('<expOneSynapse id="s"/>', "<expOneSynapse id='s'>: is not read"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_refused_with_its_place(tmp_path, name):
    body, message = WRONG[name]
    if message is None:  # only a cell knows at which potentials a rate is used
        channel = _read(tmp_path, body).channel.channel(conductance="1 mS/cm2", reversal="0 mV")
        with pytest.raises(ModelError, match="not finite"):
            _cell({"c": channel})
        return
    with pytest.raises(ModelError, match=message) as error:
        _read(tmp_path, body)
    assert "test.nml, line" in str(error.value)


CELL_WRONG = {
    "a density along the cell": (
        ("<channelDensityNernst", "<channelDensityNonUniform"),
        "<channelDensityNonUniform id='ca'>: the attribute 'erev' is missing",
    ),
    "no such channel": (('ionChannel="pool_kca"', 'ionChannel="kca"'), "no ionChannel 'kca'"),
    "no such model": (
        ('concentrationModel="shell"', 'concentrationModel="skin"'), "no concentration model",
    ),
    "another ion": (('condDensity="1.1 mS_per_cm2" ion="ca"', 'condDensity="1 S_per_m2" ion="k"'),
                    "for calcium, 'ca', alone"),
    "too thick a shell": (('"0.3 um"', '"30 um"'), "shellThickness = 30 um"),
    "a cone": (('z="0" diameter="14"', 'z="0" diameter="15"'), "two diameters"),
    "no such group": (('ion="k"/>', 'ion="k" segmentGroup="axon"/>'), "'axon' holds no segment"),
    "a negative density": (('"3 mS_per_cm2"', '"-3 mS_per_cm2"'), "is negative"),
}  # fmt: skip


@pytest.mark.parametrize("name", CELL_WRONG)
def test_what_is_wrong_in_a_cell_is_refused(tmp_path, name):
    (old, new), message = CELL_WRONG[name]
    text = (FOLDER / "pool.nml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "pool.nml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ModelError, match=message):
        read_neuroml(path)


def test_q10_of_a_scheme_is_refused(tmp_path):
    text = (FOLDER / "schemes.nml").read_text(encoding="utf-8")
    q10 = '<q10Settings type="q10Fixed" fixedQ10="2"/>'
    path = tmp_path / "schemes.nml"
    path.write_text(text.replace('<closedState id="c1"/>', q10, 1), encoding="utf-8")
    with pytest.raises(ModelError, match="lets no rate depend on q10Settings"):
        read_neuroml(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        read_neuroml(tmp_path / "none.nml")
    with pytest.raises(ModelError, match=r"no file 'gone\.nml'"):
        _read(tmp_path, '<include href="gone.nml"/>')


# Writing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in CELLS if name not in REFUSED])
def test_cells_of_the_catalogue_come_back(tmp_path, name):
    cell = catalogue.load(name)
    back = read_neuroml(write_neuroml(cell, tmp_path / f"{name}.nml")).cell
    before, after = cell.steady_state(POTENTIALS), back.steady_state(POTENTIALS)
    assert before.keys() == after.keys()
    for state in before:
        assert after[state] == pytest.approx(before[state], rel=1e-12, abs=1e-12)
    for key, current in cell.currents_at(POTENTIALS).items():
        found = back.currents_at(POTENTIALS)[key]
        assert np.abs(found - current).max() <= 1e-12 * np.abs(current).max()
    assert back.area == cell.area
    assert back.initial_potential == cell.initial_potential
    assert back.temperature == cell.temperature


@pytest.mark.parametrize("name", CHANNELS)
def test_channels_of_the_catalogue_come_back(tmp_path, name):
    channel = catalogue.load(name)
    back = read_neuroml(write_neuroml(channel, tmp_path / f"{name}.nml")).channel
    strength = {"conductance": "2 mS/cm2", "reversal": "-20 mV"}
    pool = {"ca": {"initial": "0.0002 mM", "derivative": "0 * ca"}}
    fields = {key: part for key, part in channel.written().items() if key in {"gate", "gating"}}
    cells = [
        _cell({"c": one}, pool=pool, temperature="34 degC")
        for one in (Channel(**fields, **strength), back.channel(**strength))
    ]
    before, after = (one.steady_state(POTENTIALS) for one in cells)
    for state in before:
        assert after[state] == pytest.approx(before[state], rel=1e-12, abs=1e-12)
    assert back.needs_calcium == (name == "hay2011_sk_e2")


@pytest.mark.parametrize("name", POINTS)
def test_point_neurons_of_the_catalogue_come_back(tmp_path, name):
    neuron = catalogue.load(name)
    back = read_neuroml(write_neuroml(neuron, tmp_path / "point.nml")).cell
    words = {"name": "", "source": "", "notes": ""}
    assert {**back.written(), **words} == {**neuron.written(), **words}


@pytest.mark.parametrize("name", REFUSED)
def test_what_neuroml_cannot_say_is_refused(tmp_path, name):
    with pytest.raises(ModelError, match=REFUSED[name]):
        write_neuroml(catalogue.load(name), tmp_path / "refused.nml")
    assert not (tmp_path / "refused.nml").exists()


@pytest.mark.parametrize("name", ["spiker.cell", "schemes", "courses", "expressions", "pool",
                                  "permeable"])  # fmt: skip
def test_what_was_read_can_be_written(tmp_path, name):
    cell = read_neuroml(FOLDER / f"{name}.nml").cell
    if name == "courses":
        with pytest.raises(ModelError, match="product of powers"):
            write_neuroml(cell, tmp_path / "again.nml")
        return
    back = read_neuroml(write_neuroml(cell, tmp_path / "again.nml")).cell
    for key, current in cell.currents_at(POTENTIALS).items():
        found = back.currents_at(POTENTIALS)[key]
        assert np.abs(found - current).max() <= 1e-12 * np.abs(current).max()


def test_a_cell_without_an_area_gets_one(tmp_path):
    gate = {
        "inf": "max(0.1, min(0.9, sigmoid(v / 10)))",
        "tau": "where(abs(v) < 20, 3, 4)",
    }
    channel = Channel(conductance="3 nS", reversal="-70 mV", gate={"m": gate})
    cell = Cell(
        name="40 pF",
        temperature="20 degC",
        capacitance="40 pF",
        channel={"leak": channel},
        initial_potential="-60 mV",
    )
    back = read_neuroml(write_neuroml(cell, tmp_path / "absolute.nml")).cell
    assert back.area == pytest.approx(4000)
    found, current = back.currents_at(POTENTIALS), cell.currents_at(POTENTIALS)
    assert found["leak"] == pytest.approx(current["leak"], rel=1e-12)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"current": "0.1 * v"}, "current by expression"),
        ({"gate": {"m": {"inf": "0.5", "tau": "1 ms", "initial": 0.2}}}, "steady state"),
        ({"gate": {"m": {"inf": "0.5", "tau": "1 ms"}}, "gating": "m + 0.1"}, "product of powers"),
        ({"gate": {"m": {"inf": "0.5", "tau": "1 + linoid_slope(v)"}}}, "no 'linoid_slope'"),
        ({"gate": {"m": {"inf": "0.5 * x / (x + 1)"}}}, "depends on 'x'"),
    ],
)
def test_channels_that_cannot_be_written(tmp_path, fields, message):
    strength = {} if "current" in fields else {"conductance": "1 nS", "reversal": "0 mV"}
    with pytest.raises(ModelError, match=message):
        write_neuroml(Channel(**strength, **fields), tmp_path / "x.nml")
