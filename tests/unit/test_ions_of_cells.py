"""What a cell with ions as states refuses, tells and leaves to other descriptions."""

import pytest

from loligo import Protocol, simulate
from loligo.cell import Cell, Inside, Outside, Transporter, catalogue
from loligo.cell.interchange.neuroml import write_neuroml
from loligo.errors import ModelError

SAID = {
    "name": "leaks",
    "temperature": "37 degC",
    "area": "1000 um2",
    "capacitance": "1 uF/cm2",
    "initial_potential": "-70 mV",
    "channel": {
        "na": {"ion": "na", "conductance": "0.01 mS/cm2"},
        "k": {"ion": "K", "permeability": "1e-6 cm/s"},
    },
    "transporter": {
        "pump": {"moves": {"Na": 3, "K": -2}, "strength": "1 uA/cm2", "rate": "Na_in / 10"}
    },
    "inside": {"depth": "2 um", "ions": {"Na": "10 mM", "K": "140 mM"}},
    "outside": {"ions": {"Na": "145 mM", "K": "4 mM"}},
}
BUFFER = {"total": "1 mM", "dissociation": "1 uM"}


def test_reversals_and_concentrations_follow_from_the_ion():
    cell = Cell(**SAID)
    assert cell.channel["na"].reversal == "nernst(1, Na_out, Na_in)"
    assert (cell.channel["k"].valence, cell.channel["k"].inside) == (1, "K_in")
    assert Cell.from_toml(cell.to_toml()) == cell
    own = Cell(**SAID).with_(**{"channel.na.reversal": "50 mV"})
    assert own.channel["na"].reversal == 50.0


def test_text_tells_what_is_dissolved_and_what_moves_it():
    text = str(Cell(**SAID))
    assert "transporter pump: 1 uA/cm2, a cycle moves out +3 Na, -2 K" in text
    assert "inside: Na 10 mM, K 140 mM, 2 um deep" in text


def test_equations_can_be_shown():
    assert "Na" in Cell(**SAID).equations_latex()


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"outside": None}, "inside: needs the other side of the membrane too: give outside"),
        ({"inside": None, "outside": None, "channel": {}}, "transporter.pump: moves ions; give"),
        ({"area": None, "capacitance": "10 pF"}, "inside: needs currents per area"),
        ({"channel": {"x": {"conductance": "1 mS/cm2", "reversal": "0 mV"}}},
         "channel.x.ion: is missing"),
        ({"channel": {"x": {"conductance": "1 mS/cm2", "ion": "Cl"}}},
         "channel.x.ion: is 'Cl', which is not inside; allowed: Na, K"),
        ({"channel": {"x": {"conductance": "1 mS/cm2", "ion": "Xy", "reversal": "0 mV"}}},
         "channel.x.ion: is 'Xy'; "),
        ({"outside": {"ions": {"Na": "145 mM"}}}, "inside.ions.K: has no concentration on the"),
        ({"inside": {"depth": "2 um", "ions": {"Xy": "1 mM"}}}, "inside.ions.Xy: is not known"),
        ({"inside": {**SAID["inside"], "water": "0.01 cm/s"}}, "inside.impermeant: is missing"),
        ({"inside": {**SAID["inside"], "carrier": "Cl"}}, "inside.carrier: unknown ion 'Cl'"),
        ({"inside": {**SAID["inside"], "buffer": {"Ca": BUFFER}}},
         "inside.buffer.Ca: unknown ion"),
        ({"transporter": {"x": {"moves": {"Ca": 1}, "strength": "1 uA/cm2", "rate": "1"}}},
         "transporter.x.moves: unknown ion 'Ca'"),
        ({"constants": {"K_out": "4 mM"}}, "the name 'K_out' is already that of constants.K_out"),
        ({"solutions": {"inside": "squid_axoplasm", "outside": "squid_blood"}},
         "solutions: inside and outside hold the ions already"),
    ],
)  # fmt: skip
def test_refused(changes, match):
    said = {key: value for key, value in {**SAID, **changes}.items() if value is not None}
    with pytest.raises(ModelError, match=match):
        Cell(**said)


def test_a_transporter_is_checked_by_itself():
    right = {"moves": {"Na": 3}, "strength": "1 uA/cm2", "rate": "1"}
    for wrong, match in [
        ({"moves": {}}, "name the ions that a cycle moves"),
        ({"moves": {"Na": 0}}, "not 0"),
        ({"strength": "-1 uA/cm2"}, "at least 0"),
        ({"strength": "1 nS"}, "must be a quantity such as '1 uA/cm2'"),
    ]:
        with pytest.raises(ModelError, match=match):
            Transporter(**{**right, **wrong})


def test_a_transporters_own_names_mean_nothing_else():
    pump = {**SAID["transporter"]["pump"], "constants": {"half": "10 mM"}}
    twice = {"pump": {**pump, "let": {"half": "2 * Na_in"}}}
    with pytest.raises(ModelError, match=r"transporter.pump.let.half: the name 'half' is already"):
        Cell(**{**SAID, "transporter": twice})
    with pytest.raises(ModelError, match="unknown name 'half'"):
        Cell(**{**SAID, "transporter": {"pump": pump}, "let": {"x": "half"}})


def test_negative_or_absent_ions_are_refused():
    with pytest.raises(ModelError, match="must be above 0"):
        Inside(depth="2 um", ions={"K": "-140 mM"})
    with pytest.raises(ModelError, match="must be above 0"):
        Outside(ions={"K": "0 mM"})
    with pytest.raises(ModelError, match="exchange needs the depth of a cleft"):
        Outside(ions={"K": "4 mM"}, exchange="1 s")


def test_neuroml_refuses_what_it_does_not_have(tmp_path):
    cell = Cell(**SAID)
    with pytest.raises(ModelError, match="inside: NeuroML has no ions"):
        write_neuroml(cell, tmp_path / "cell.nml")


def test_what_can_be_recorded_has_its_unit():
    record = ["Na_in", "inside.Na", "transporter.pump.cycles", "i.pump"]
    nothing = Protocol("nothing", ["step 0 uA/cm2 for 1 ms"], holding="0 uA/cm2")
    found = simulate(Cell(**SAID), nothing, record=record, target="twin")
    assert [found.units[name] for name in record] == ["mM", "mM", "uA/cm2", "pA"]
    assert found.traces["i.pump"][0, 0, 0] == pytest.approx(10.0)
    assert found.traces["transporter.pump.cycles"][0, 0, 0] == pytest.approx(1.0)
    again = simulate(
        Cell(**SAID), nothing, record=["Na_in"], initial={"inside.Na": "20 mM"}, target="twin"
    )
    assert again.traces["Na_in"][0, 0, 0] == 20.0


@pytest.mark.parametrize("name", ["luo_rudy1994_pump", "luo_rudy1994_exchanger"])
def test_transporters_of_the_catalogue_read_back(name):
    found = catalogue.load(name)
    assert Transporter.from_toml(found.to_toml()) == found
