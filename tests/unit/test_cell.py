"""Cells as data: what is read, what is refused and how, files, paths, frozen values."""

import copy
import re
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from loligo.cell import Cell, Channel, Gate, Pool, RateShape, catalogue, equations, read_cell
from loligo.cell.expression import evaluate, parse
from loligo.cell.steady import gate_time_constant, steady_values
from loligo.errors import LoligoError, ModelError, SelectionError

TEXT = """
kind = "cell"
name = "all kinds"
temperature = "22 degC"
capacitance = "1 uF/cm2"
area = "1000 um2"
initial_potential = "-65 mV"

[constants]
ca_out = "2 mM"
fold = 3

[let]
E_K = "nernst(1, k_out, 140)"
k_out = "fold * 2"
slow = "exponential(4 /ms, -65 mV, -18 mV)"

[channel.kdr]
conductance = "3 mS/cm2"
reversal = "E_K"
gate.n = {inf = "sigmoid(1, -40 mV, 9 mV)", tau = "5 ms", power = 4}

[channel.kca]
conductance = "2 mS/cm2"
reversal = "-90 mV"
gate.z = {inf = "ca / (ca + 1e-4)", tau = "where(v > -20, 2, 10)"}

[channel.kir]
conductance = "1 mS/cm2"
reversal = "E_K"
gate.i = {inf = "sigmoid(1, -80 mV, -10 mV)"}

[channel.ca]
permeability = "1e-5 cm/s"
valence = 2
inside = "ca"
outside = "ca_out"
gate.m = {alpha = "linoid(1 /ms, -40 mV, 10 mV)", beta = "slow", power = 2}

[channel.na]
conductance = "100 mS/cm2"
reversal = "50 mV"
gating = "m**3 * (0.8 * h + 0.2 * j)"
gate.m = {inf = "sigmoid(1, -40 mV, 6 mV)", tau = "0.1 ms"}
gate.h = {inf = "sigmoid(1, -60 mV, -6 mV)", tau = "1 ms"}
gate.j = {inf = "sigmoid(1, -60 mV, -6 mV)", tau = "10 ms", initial = 0.5}

[channel.pump]
current = "0.1 * ca / (ca + 1e-3)"

[channel.markov]
conductance = "1 mS/cm2"
reversal = "0 mV"

[channel.markov.scheme]
states = ["C1", "C2", "O"]
open = {O = 1}
let = {b = "0.1 * exp(-v / 20)"}
transitions = ["C1 <-> C2 : linoid(1 /ms, -40 mV, 10 mV), b", "C2 <-> O : 3 * b, 1 /ms"]

[pool.ca]
initial = "5e-5 mM"
currents = ["ca"]
valence = 2
depth = "0.1 um"
decay = "80 ms"
rest = "5e-5 mM"

[pool.x]
initial = 0.1
derivative = "-x / 10 + 1e-3 * I_ca + 0.1 * ca.m + 0.01 * n"
"""
CELL = Cell.from_toml(TEXT)


def test_every_kind_of_law_is_read():
    assert CELL.constants["ca_out"].value == 2.0
    assert CELL.constants["ca_out"].unit == "mM"
    assert CELL.constants["fold"].value == 3.0
    assert CELL.channel["ca"].gate["m"].alpha == RateShape("linoid", 1.0, -40.0, 10.0, "1/ms")
    assert CELL.channel["kdr"].gate["n"].tau == 5.0
    assert CELL.channel["na"].reversal == 50.0
    assert CELL.channel["kdr"].reversal == "E_K"
    assert CELL.pool["ca"].decay == 80.0


def test_definitions_come_in_the_order_they_are_needed():
    names = [name for name, _ in equations(CELL).definitions]
    assert names.index("k_out") < names.index("E_K") < names.index("channel.kdr.reversal")
    assert {"kir.i", "markov.open", "I_ca", "slow"} <= set(names)
    assert "I_na" not in names  # nothing refers to it


def test_a_gate_that_follows_at_once_is_a_definition():
    lowered = equations(CELL)
    assert "kir.i" not in lowered.states
    at = steady_values(lowered, -80.0)
    assert at["kir.i"] == pytest.approx(0.5)


def test_gating_of_its_own():
    s = {name: float(value) for name, value in CELL.steady_state(-50.0).items()}
    opening = s["na.m"] ** 3 * (0.8 * s["na.h"] + 0.2 * s["na.j"])
    # 1000 um2 x 100 mS/cm2 = 1000 nS
    assert CELL.currents_at(-50.0)["na"] == pytest.approx(1000 * opening * -100, rel=1e-12)


def test_other_values_can_be_given():
    given = {"ca": 1e-4, "channel.kca.conductance": 4.0}
    # half the channels open, 4 mS/cm2 of 1000 um2 are 40 nS
    assert CELL.currents_at(-60.0, given)["kca"] == pytest.approx(0.5 * 40 * 30)
    assert CELL.steady_state([-60.0, 0.0], {"na.m": 0.25})["na.m"] == pytest.approx([0.25, 0.25])
    with pytest.raises(ModelError, match=r"unknown name 'na.mm'; did you mean 'na.m'"):
        CELL.steady_state(0.0, {"na.mm": 1.0})


def test_q10_divides_time_constants():
    cell = Cell(
        name="warm",
        temperature="30 degC",
        capacitance="10 pF",
        initial_potential="-60 mV",
        channel={
            "x": Channel(
                conductance="1 nS",
                reversal="0 mV",
                gate={"g": Gate(inf="0.5", tau="6 ms", q10=2.0, reference_temperature="20 degC")},
            )
        },
    )
    (gate,) = equations(cell).relaxations
    assert gate_time_constant(gate, steady_values(equations(cell), -60.0)) == pytest.approx(3.0)


# --- refusals -------------------------------------------------------------------------------

SINGULAR = "0.1 * (v + 40.3) / (1 - exp(-(v + 40.3) / 10))"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        # units
        ('"1 uF/cm2"', '"10 pF"', "capacitance: is 10 pF, but the cell has an area"),
        ('"1 uF/cm2"', '"0 uF/cm2"', "capacitance: is 0 uF/cm2; it must be above 0"),
        ('"1000 um2"', '"-1 um2"', "area = -1 um2 must be above 0"),
        ('"1000 um2"', '"1 um"', "area = 1 um is a length; a area is needed"),
        ('"3 mS/cm2"', '"3 nS"', "channel.kdr.conductance: is 3 nS, but the cell has an area"),
        ('"3 mS/cm2"', '"-3 mS/cm2"', "channel.kdr.conductance = -3 mS/cm2; at least 0"),
        ('"3 mS/cm2"', "3", "channel.kdr.conductance = 3 must be a quantity such as '1 mS/cm2'"),
        ('"3 mS/cm2"', '"3 furlongs"', "'furlongs' is not a unit loligo knows"),
        ('"22 degC"', '"-300 degC"', "temperature = -300 degC; at least -273.15 degC"),
        ('area = "1000 um2"', "", "channel.ca.permeability: is per area, but the cell has no area"),
        ('area = "1000 um2"', "", "pool.ca.depth: needs currents per area"),
        ('tau = "5 ms"', 'tau = "5 mV"', "kdr.gate.n.tau = 5 mV is a voltage; a time is needed"),
        ('tau = "5 ms"', "tau = 5", "kdr.gate.n.tau = 5 has no unit"),
        ('"2 mM"', '"2 mm/furlong"', "constants.ca_out"),
        ('"2 mM"', '"two mM"', "constants.ca_out = 'two mM' has no unit"),
        ('"sigmoid(1, -40 mV, 9 mV)"', "0.5", "inf = 0.5 must be an expression, as text"),
        # names
        ('tau = "5 ms"', 'tauu = "5 ms"', "kdr.gate.n.tauu: unknown key; did you mean 'tau'?"),
        ('temperature = "22 degC"', "", "temperature: is missing"),
        ("[channel.kdr]", '[channel."k-dr"]', "channel.k-dr: 'k-dr' is not a name"),
        ("fold = 3", "v = 3", "constants.v: the name 'v' is taken"),
        ("fold = 3", "lambda = 3", "the name 'lambda' is taken"),
        ("fold = 3", "exp = 3", "the name 'exp' is taken"),
        ("fold = 3", "fold = 3\nca = 1", "pool.ca: the name 'ca' is already that of constants.ca"),
        ("fold = 3", "fold = 3\nn = 1", "channel.kdr.gate.n: the name 'n' is already that of"),
        ("fold = 3", "fold = 3\nb = 1", "channel.markov.scheme.let.b: the name 'b' is already"),
        ("fold = 3", "fold = 3\nms = 1", "constants.ms: a unit of time cannot be a name"),
        ('"fold * 2"', '"fald * 2"', "let.k_out: in 'fald * 2': unknown name 'fald'; did you mean"),
        ('"fold * 2"', '"E_K * 2"', "need each other: E_K -> k_out -> E_K"),
        ('["ca"]', '["cal"]', "pool.ca.currents: unknown channel 'cal'; did you mean 'ca'?"),
        # laws
        ('"slow"', f'"{SINGULAR}"', "not finite at v = -40.3 mV; where it is 0/0, write"),
        ('"slow"', '"1 / (v - 0.1)"', "not finite at v = 0.1 mV"),
        ('"slow"', '"exp(-v * 10)"', "is inf at v = -200 mV"),
        ('"slow"', '"v"', "channel.ca.gate.m.beta: is -200 at v = -200 mV; it must be at least 0"),
        ('"slow"', '"kdr.n"', "channel.ca.gate.m.beta: depends on 'kdr.n'"),
        ('"slow"', '"I_na"', "channel.ca.gate.m.beta: depends on 'I_na'"),
        ('"slow"', '"__import__(1)"', "unknown function '__import__'"),
        ('"slow"', '"linoid(1 mV, 2 mV, 3 mV)"', "the rate of linoid = 1 mV is a voltage"),
        ('"slow"', '"linoid(1 /ms, 2 mV, 0 mV)"', "the scale is 0 mV"),
        ('tau = "5 ms"', 'tau = "v"', "channel.kdr.gate.n.tau: is -200 at v = -200 mV; it must be"),
        ('"ca / (ca + 1e-4)"', '"3 * ca / 1e-4"', "inf: is 1.5 at v = -200 mV; a steady state is"),
        ('"sigmoid(1, -80 mV, -10 mV)"', '"2"', "channel.kir.gate.i.inf: is 2 at v = -200 mV"),
        (
            '"0.1 * ca / (ca + 1e-3)"',
            '"1 / v"',
            "channel.pump: '0.01 * area * (1 / v)' is not finite at v",
        ),
        ('"-x / 10 +', '"log(v) +', "pool.x: "),
        ("3 * b", "-3 * b", "C2 -> O: is -"),
        # structure
        ('reversal = "E_K"\ngate.n', "gate.n", "channel.kdr: a channel needs conductance and"),
        ("valence = 2\ninside", "valence = 0\ninside", "valence = 0; an ion has a charge"),
        ('tau = "5 ms", ', "q10 = 3, ", "q10 and reference_temperature come together"),
        ('tau = "5 ms", ', 'alpha = "1 /ms", ', "a gate needs alpha and beta, or inf and tau"),
        ('tau = "0.1 ms"', 'tau = "0.1 ms", power = 3', "with gating, write the powers there"),
        ("power = 4", "power = 0", "kdr.gate.n.power = 0: input should be greater than or equal"),
        ("initial = 0.5", "initial = 1.5", "na.gate.j.initial = 1.5: input should be less than"),
        ('decay = "80 ms"', "", "pool.ca: a pool needs derivative, or currents, valence, depth"),
        (
            'initial = "5e-5 mM"\ncurr',
            "initial = 1\ncurr",
            "a shell needs an initial concentration",
        ),
        ("C2 <-> O :", "C2 <- O :", "transitions.1 = 'C2 <- O : 3 * b, 1 /ms' is not a transition"),
        ("C2 <-> O :", "C2 -> O :", "-> takes 1 rate(s) after the colon"),
        ("C2 <-> O :", "C3 <-> O :", "transitions.1: unknown state 'C3'; allowed: C1, C2, O"),
        ("C2 <-> O :", "C1 <-> C2 :", "C1 -> C2 is given more than once"),
        ("open = {O = 1}", "open = {}", "at least one state must conduct"),
        ("open = {O = 1}", "open = {O = 2}", "scheme.open.O = 2; allowed: 0 to 1"),
        ("open = {O = 1}", "open = {P = 1}", "scheme.open.P: unknown"),
        ("open = {O = 1}", "open = {O = 1}\ninitial = {O = 0.5}", "the occupancies add up to 0.5"),
        ('["C1", "C2", "O"]', '["C1", "C1", "O"]', "two or more, each once"),
        ('["C1", "C2", "O"]', '["C1", "open", "O"]', "the name 'open' is taken"),
        ('kind = "cell"', 'kind = "cel"', "kind = 'cel'; did you mean 'cell'?"),
        ('kind = "cell"', "kind = cell", "is not TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(old, new, message):
    assert TEXT.count(old) >= 1
    with pytest.raises(ModelError) as caught:
        Cell.from_toml(TEXT.replace(old, new, 1))
    assert message in str(caught.value)
    assert "<here>" not in str(caught.value)


def test_all_problems_are_told_at_once():
    text = TEXT.replace('"1000 um2"', '"1 um"').replace('"22 degC"', '"22 mV"')
    with pytest.raises(ModelError) as caught:
        Cell.from_toml(text)
    assert [path for path, _ in caught.value.problems] == ["temperature", "area"]


def test_a_singularity_that_is_taken_care_of_is_accepted():
    guarded = f"where(abs(v + 40.3) < 1e-6, 1, {SINGULAR})"
    cell = Cell.from_toml(TEXT.replace('"slow"', f'"{guarded}"'))
    assert cell.channel["ca"].gate["m"].beta == guarded


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"current": "1", "conductance": "1 nS"}, "it has conductance, current"),
        ({}, "it has none of them"),
        ({"current": "m", "gating": "m", "gate": {"m": {"inf": "1"}}}, "instead of in gating"),
        ({"current": "m", "gate": {"m": {"inf": "1", "power": 2}}}, "write the powers of gates"),
    ],
)
def test_a_channel_has_one_kind_of_current(fields, message):
    with pytest.raises(ModelError, match=re.escape(message)):
        Channel(**fields)


def test_a_channel_has_gates_or_a_scheme():
    scheme = {"states": ["C", "O"], "open": {"O": 1}, "transitions": ["C <-> O : 1 /ms, 1 /ms"]}
    with pytest.raises(ModelError, match="a channel has gates or a scheme, not both"):
        Channel(conductance="1 nS", reversal="0 mV", scheme=scheme, gate={"m": {"inf": "1"}})
    single = {**scheme, "single_channel_conductance": "10 pS"}
    with pytest.raises(ModelError, match="needs conductance and reversal"):
        Channel(current="open", scheme=single)


def test_a_scheme_can_open_an_expression():
    scheme = {"states": ["C", "O"], "open": {"O": 1}, "transitions": ["C <-> O : 1 /ms, 3 /ms"]}
    cell = Cell(
        name="x",
        temperature="20 degC",
        capacitance="10 pF",
        initial_potential="0 mV",
        channel={"x": Channel(current="2 * open * v", scheme=scheme)},
    )
    assert cell.currents_at(10.0)["x"] == pytest.approx(2 * 0.25 * 10)


# --- changes, files, values ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "parameter", "expected"),
    [
        ("channel.kdr.conductance", "6 mS/cm2", "channel.kdr.conductance", 6.0),
        ("area", "2000 um2", "area", 2000.0),
        ("constants.fold", 4, "constants.fold", 4.0),
        ("let.slow.rate", "8 /ms", "let.slow.rate", 8.0),
        ("channel.ca.gate.m.alpha.midpoint", "-0.03 V", "channel.ca.gate.m.alpha.midpoint", -30.0),
        ("pool.ca.decay", "0.1 s", "pool.ca.decay", 100.0),
    ]
    + [
        (
            f"channel.markov.scheme.transitions.{move}",
            value,
            f"channel.markov.scheme.{rest}",
            number,
        )
        for move, value, rest, number in (
            ("C1.C2.scale", "5 mV", "transitions.C1.C2.scale", 5.0),
            ("O.C2", "2 /ms", "transitions.O.C2", 2.0),
        )
    ],
)
def test_values_are_changed_by_their_path(path, value, parameter, expected):
    changed = CELL.with_(**{path: value})
    assert equations(changed).defaults == {**equations(CELL).defaults, parameter: expected}
    assert Cell.from_toml(TEXT) == CELL


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("channel.kdra.conductance", "6 mS/cm2", "nothing at 'kdra'; did you mean 'kdr'?"),
        ("channel.kdr.conductivity", "6 mS/cm2", "conductivity: unknown key; did you mean"),
        ("let.slow.slope", "6 mV", "a shape has no 'slope'"),
        ("let.slow.rate", "6", "let.slow.rate = 6 has no unit"),
        ("channel.markov.scheme.transitions.O.C1", "1 /ms", "no transition O -> C1"),
        ("channel.markov.scheme.transitions.C2.C1.rate", "1 /ms", "the rate 'b' is not a shape"),
        ("channel.kdr.conductance", 6.0, "must be a quantity such as '1 mS/cm2'"),
    ],
)
def test_paths_that_lead_nowhere_are_refused(path, value, message):
    with pytest.raises(LoligoError, match=re.escape(message)):
        CELL.with_(**{path: value})


def test_a_description_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        CELL.area = 1.0
    for change in (
        lambda: CELL.channel.update(x=1),
        lambda: CELL.channel.__setitem__("x", 1),
        lambda: CELL.channel.pop("na"),
        CELL.channel.clear,
        lambda: CELL.channel.__delitem__("na"),
    ):
        with pytest.raises(TypeError, match="frozen"):
            change()
    assert copy.deepcopy(CELL) == CELL
    assert len({CELL, Cell.from_toml(TEXT), CELL.with_(area="1 um2")}) == 2


def test_files(tmp_path):
    path = tmp_path / "cell.toml"
    path.write_text(CELL.to_toml(), encoding="utf-8")
    assert read_cell(path) == Cell.from_toml(path) == Cell.from_toml(str(path)) == CELL
    with pytest.raises(ModelError, match=r"missing.toml: cannot be read"):
        read_cell(tmp_path / "missing.toml")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match=r"cell.toml: cannot be read"):
        read_cell(path)
    with pytest.raises(ModelError, match="it holds a Cell, not a Channel"):
        Channel.from_toml(CELL.to_toml())


def test_a_channel_alone_in_a_file_goes_into_a_cell(tmp_path):
    path = tmp_path / "kdr.toml"
    path.write_text(CELL.channel["kdr"].with_(reversal="-90 mV").to_toml(), encoding="utf-8")
    channel = read_cell(path)
    assert isinstance(channel, Channel)
    cell = Cell(
        name="one channel",
        temperature="22 degC",
        area="1000 um2",
        capacitance="1 uF/cm2",
        initial_potential="-70 mV",
        channel={"kdr": channel},
    )
    # half of each of the four gates open at -40 mV
    assert cell.currents_at(-40.0)["kdr"] == pytest.approx(30 * 0.5**4 * 50)


def test_python_and_toml_say_the_same():
    made = Cell(
        name="two",
        temperature="22 degC",
        capacitance="10 pF",
        initial_potential="-70 mV",
        pool={"x": Pool(initial=0.0, derivative="-x / 10")},
        channel={"leak": Channel(conductance="1 nS", reversal="-70 mV")},
    )
    text = """
    kind = "cell"
    name = "two"
    temperature = "295.15 kelvin"
    capacitance = "0.01 nF"
    initial_potential = "-0.07 V"
    pool.x = {initial = 0, derivative = "-x / 10"}
    channel.leak = {conductance = "1000 pS", reversal = "-70 mV"}
    """
    assert Cell.from_toml(text) == made


def test_the_catalogue_loads_all_it_names():
    assert "hodgkin_huxley1952" in catalogue.names()
    for name in catalogue.names():
        assert re.fullmatch(r"[a-z_]+(19|20)\d\d(_\w+)?", name)
        found = catalogue.load(name)
        assert re.match(r"doi:10\.\d{4,}/\S+$|isbn:|https://", found.source), name
        assert found.notes
    with pytest.raises(SelectionError, match="did you mean 'hodgkin_huxley1952'"):
        catalogue.load("hodgkin_huxley_1952")


def test_catalogue_files_are_data_beside_the_loader():
    folder = Path(catalogue.__file__).parent
    kinds = {path.suffix for path in folder.iterdir() if path.is_file()}
    assert kinds == {".py", ".toml", ".swc"}
    shapes = {path.stem for path in folder.glob("*.swc")}
    assert shapes <= {name for name in catalogue.names() if catalogue.load(name).kind == "neuron"}


def test_expressions_of_a_cell_mean_what_they_say():
    """The reversal above, by hand: 3 x 2 mM outside, 140 mM inside, 22 degC."""
    lowered = equations(CELL)
    found = steady_values(lowered, 0.0)["channel.kdr.reversal"]
    by_hand = evaluate(parse("nernst(1, 6, 140)"), {"temperature": 22.0})
    np.testing.assert_allclose(found, by_hand, rtol=1e-15)
