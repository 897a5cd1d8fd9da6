"""What of NMODL is read, how, and what is refused with its line."""

import pytest
from nmodl_cases import FILES, FOLDER, cell_of

from loligo.cell import catalogue
from loligo.cell.interchange.nmodl import assemble_cell, read_nmodl
from loligo.errors import ModelError

HEAD = """NEURON { SUFFIX one USEION k READ ek WRITE ik RANGE gbar }
PARAMETER { gbar = 0.01 (S/cm2) tau = 2 (ms) }
ASSIGNED { v (mV) ek (mV) ik (mA/cm2) celsius (degC) a b inf }
STATE { n }
"""
BODY = """INITIAL { n = 1/(1 + exp(-(v + 30)/9)) }
BREAKPOINT { SOLVE s METHOD cnexp ik = gbar*n*(v - ek) }
"""
RATES = "DERIVATIVE s { n' = (1/(1 + exp(-(v + 30)/9)) - n)/tau }\n"


def gate(equation, before="", more=""):
    body = BODY.replace("1/(1 + exp(-(v + 30)/9))", "0.1")
    text = f"{HEAD}{body}DERIVATIVE s {{ {before} n' = {equation} }}\n{more}"
    return read_nmodl(text).channel.gate["n"]


def laws(one):
    return [str(law) for law in (one.alpha, one.beta, one.inf, one.tau) if law is not None]


def test_squid_is_that_of_the_catalogue():
    channels = read_nmodl(FOLDER / "squid.mod").channels
    squid = catalogue.load("hodgkin_huxley1952").channel
    assert list(channels) == ["ina", "ik", "il"]
    assert channels["ina"].gate == squid["na"].gate
    assert channels["ik"].gate == squid["k"].gate
    assert channels["il"].reversal == -54.1


@pytest.mark.parametrize(
    "equation",
    [
        "a*(1 - n) - b*n",
        "a - (a + b)*n",
        "-b*n + a - n*a",
        "(a/(a + b) - n)*(a + b)",
        "(a/(a + b) - n)/(1/(a + b))",
        "-(n - a/(a + b))*(a + b)",
        "a - n*a - n*b",
    ],
)
def test_any_arrangement_of_a_linear_equation(equation):
    found = gate(equation, "a = 0.1*exp((v + 20)/15) b = 0.2*exp(-(v + 20)/25)")
    assert laws(found) == [
        "exponential(0.1 /ms, -20 mV, 15 mV)",
        "exponential(0.2 /ms, -20 mV, -25 mV)",
    ]
    assert found.initial == 0.1


@pytest.mark.parametrize(
    "alpha",
    [
        "0.1*(v + 40)/(1 - exp(-(v + 40)/10))",
        "-0.1*(v + 40)/(exp(-(v + 40)/10) - 1)",
        "0.1*(-40 - v)/(exp((-40 - v)/10) - 1)",
        "0.1*vtrap(-(v + 40), 10)",
        "trap(v, -40, 0.1, 10)",
    ],
)
def test_removable_singularities_become_linoids(alpha):
    functions = """
    FUNCTION vtrap(x, y) { IF (fabs(x/y) < 1e-6) { vtrap = y*(1 - x/y/2) }
                           ELSE { vtrap = x/(exp(x/y) - 1) } }
    FUNCTION trap(x, th, r, q) { IF (fabs(x - th) > 1e-6) {
                                     trap = r*(x - th)/(1 - exp(-(x - th)/q)) }
                                 ELSE { trap = r*q } }
    """
    found = gate("a*(1 - n) - 0.3*n", f"a = {alpha}", functions)
    assert laws(found) == ["linoid(1 /ms, -40 mV, 10 mV)", "0.3"]


def test_a_trap_at_the_wrong_place_is_kept_and_refused_by_the_cell():
    more = """FUNCTION trap(x) { IF (fabs(x/40) > 1e-6) { trap = (x + 40)/(1 - exp(-(x + 40)/10)) }
              ELSE { trap = 7 } }"""
    assert "where" in str(gate("0.1*trap(v)*(1 - n) - 0.3*n", "", more).alpha)


def test_branches_and_temperature():
    found = gate(
        "(inf - n)/(tau/q(celsius))",
        "IF (v < -40 && v > -80 || v == 3) { inf = 0.2 } ELSE IF (!(v > 0)) { inf = 0.5 }"
        "ELSE { inf = 1 }",
        "FUNCTION q(T) { q = 2.5^((T - 24)/10) }",
    )
    assert (found.q10, found.reference_temperature, found.tau) == (2.5, 24.0, 2.0)
    assert found.inf.count("where") == 4


def test_powers_associate_to_the_right_as_in_neuron():
    found = gate("(0.5 - n)/(2^3^2*1 + -2^2)")
    assert found.tau == 508.0


def test_parameters_change_what_a_file_says():
    text = HEAD + BODY + RATES
    assert read_nmodl(text).channel.conductance.value == 10.0
    assert read_nmodl(text, parameters={"gbar": 0.5}).channel.conductance.value == 500.0
    with pytest.raises(ModelError, match=r"no PARAMETER 'gbra'; did you mean 'gbar'"):
        read_nmodl(text, parameters={"gbra": 1.0})


def test_pools_are_filled_by_their_ion():
    cell = cell_of("cad_shell")
    assert cell.pool["cai"].currents == ("ca_hva",)
    assert cell.pool["cai"].decay == pytest.approx(80)
    assert cell.channel["ca_hva"].reversal == "nernst(2, cao, cai)"
    assert cell_of("cad_destexhe").pool["cai"].derivative is not None


def test_assembling_refuses_what_does_not_fit():
    leak = read_nmodl(FOLDER / "leak.mod")
    given = {"name": "x", "temperature": "20 degC", "area": "100 um2"}
    with pytest.raises(ModelError, match="two mechanisms with the name 'leak'"):
        assemble_cell([leak, leak], **given)
    with pytest.raises(ModelError, match="no mechanism depends on 'ek'"):
        assemble_cell([leak], reversals={"ek": -90.0}, **given)
    with pytest.raises(ModelError, match="squid has not one current but ina, ik, il"):
        _ = read_nmodl(FOLDER / "squid.mod").channel


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("SUFFIX one", "POINT_PROCESS one", r"line 1 .*POINT_PROCESS is refused: point processes"),
        ("SUFFIX one", "ARTIFICIAL_CELL one", "ARTIFICIAL_CELL is refused"),
        ("RANGE gbar", "POINTER gbar", "POINTER is refused"),
        ("RANGE gbar", "BBCOREPOINTER gbar", "BBCOREPOINTER is refused"),
        ("RANGE gbar", "ELECTRODE_CURRENT ie", "ELECTRODE_CURRENT is refused"),
        ("STATE { n }", "STATE { n[3] }", r"line 4 .*n\[\.\.\.\] is an array"),
        ("INITIAL {", "INITIAL { VERBATIM\nENDVERBATIM ", "VERBATIM is code in C"),
        ("INITIAL {", "NET_RECEIVE (w) { } INITIAL {", "NET_RECEIVE is refused"),
        ("INITIAL {", "LINEAR x { } INITIAL {", "LINEAR is refused"),
        ("INITIAL {", "NONLINEAR x { } INITIAL {", "NONLINEAR is refused"),
        ("INITIAL {", "DISCRETE x { } INITIAL {", "DISCRETE is refused"),
        ("INITIAL {", "PARTIAL x { } INITIAL {", "PARTIAL is refused"),
        ("INITIAL {", "DEFINE N 3 INITIAL {", "DEFINE is refused"),
        ("INITIAL {", 'INCLUDE "x.inc" INITIAL {', "INCLUDE is refused"),
        ("INITIAL {", "FUNCTION_TABLE f(v) INITIAL {", "FUNCTION_TABLE is refused"),
        ("INITIAL {", "INITIAL { WHILE (v < 1) { a = 1 } ", "WHILE is refused: loops"),
        ("INITIAL {", "INITIAL { FROM i = 0 TO 3 { a = 1 } ", "FROM is refused: loops"),
        ("INITIAL {", "INITIAL { WATCH (v > 0) 1 ", "WATCH is refused"),
        ("gbar*n*(v - ek)", "gbar*n*(v - ek)*t", "t: the law depends on time"),
        ("gbar*n*(v - ek)", "gbar*n*(v - ek)*dt", "dt: the law depends on the step"),
        ("gbar*n*(v - ek)", "gbar*n*(v - ekk)", r"line 6 .*unknown name 'ekk'; did you mean 'ek'"),
        ("gbar*n*(v - ek)", "gbar*n*scop_random()", "scop_random draws random numbers"),
        ("gbar*n*(v - ek)", "gbar*n*f(v)", "unknown function 'f'"),
        ("gbar*n*(v - ek)", "gbar*n", r"line 6 .*ik has no reversal"),
        ("gbar*n*(v - ek)", "gbar*n*(v - a)", r"line 3 .*depends on 'a', which is never assigned"),
        ("gbar*n*(v - ek)", "gbar*n*(v - ek", r"'}' where '\)' should be"),
        ("ik = gbar", "c = 1 ik = gbar", "'c' is not declared"),
        ("ik = gbar", "v = v + 1 ik = gbar", "the potential is assigned"),
        ("ik = gbar", "b = a a = v + b ik = a*gbar", "depends on"),
        ("STATE { n }", "STATE { n q }", r"line 4 .*the state 'q' has no equation"),
        ("- n)/tau", "- n*n)/tau", r"line 7 .*n' is not linear in n"),
        ("- n)/tau", ")/tau", "n' does not depend on n"),
        ("METHOD cnexp", "METHOD magic", "METHOD magic is not known"),
        ("SOLVE s METHOD", "SOLVE r METHOD", "no block 'r' to solve; allowed: s"),
        ("INITIAL { n", "INITIAL { n = v*n } INITIAL { n", "a second INITIAL"),
        ("n = 1/(1 +", "n = 1/(2 +", "starts neither from its steady state nor from a number"),
        ("ik (mA/cm2)", "ik (nA)", "ik in nA; a density mechanism has mA/cm2"),
        ("USEION k READ ek", "USEION q READ eq", "ik is no variable of the ion q"),
    ],
)
def test_refusals_tell_the_line(old, new, message):
    text = HEAD + BODY + RATES
    assert old in text
    with pytest.raises(ModelError, match=message):
        read_nmodl(text.replace(old, new))


def test_an_ion_without_a_reversal_is_refused():
    text = (HEAD + BODY + RATES).replace("USEION k READ ek", "USEION q READ eq").replace("ik", "iq")
    with pytest.raises(ModelError, match="iq has no reversal: eq is that of no ion NEURON knows"):
        read_nmodl(text.replace("ek", "eq"))


KINETIC = """NEURON { SUFFIX one NONSPECIFIC_CURRENT i }
PARAMETER { g = 0.01 (S/cm2) }
ASSIGNED { v (mV) i (mA/cm2) }
STATE { c o z }
INITIAL { SOLVE k STEADYSTATE sparse }
BREAKPOINT { SOLVE k METHOD sparse i = g*o*(v + 80) }
KINETIC k { ~ c <-> o (exp(v/20), 0.3) ~ o <-> z (0.1, 0.2) CONSERVE c + o + z = 1 }
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("~ c <-> o", "~ 2 c <-> o", "numbers of molecules"),
        ("~ c <-> o", "~ c + z <-> o", "one state to one"),
        ("~ c <-> o", "~ c << (1) ~ c <-> o", "one state to one"),
        ("~ o <-> z (0.1, 0.2)", "", "the state 'z' has no equation"),
        ("+ z = 1", "+ z = 2", "must say that all states of the block add up to 1"),
        ("g*o*(v", "g*o*o*(v", "not proportional to a sum of states"),
        ("(0.1, 0.2)", "(0.1*o, 0.2)", "a rate of o <-> z depends on a state"),
        ("SOLVE k STEADYSTATE sparse", "c = 0.5", "start with 0.5 in all"),
    ],
)
def test_refusals_of_schemes(old, new, message):
    assert read_nmodl(KINETIC).channel.scheme.states == ("c", "o", "z")
    assert old in KINETIC
    with pytest.raises(ModelError, match=message):
        read_nmodl(KINETIC.replace(old, new))


def test_a_path_a_text_and_what_is_neither(tmp_path):
    path = tmp_path / "leak.mod"
    path.write_text((FOLDER / "leak.mod").read_text(encoding="utf-8"), encoding="utf-8")
    assert read_nmodl(path) == read_nmodl(str(path)) == read_nmodl(path.read_text("utf-8"))
    with pytest.raises(ModelError, match=r"none.mod: cannot be read"):
        read_nmodl(tmp_path / "none.mod")
    with pytest.raises(ModelError, match="no SUFFIX"):
        read_nmodl("BREAKPOINT { }")
    assert len(FILES) == 23
