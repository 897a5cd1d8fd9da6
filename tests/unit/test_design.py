"""A design's parts: spreads, paths, journals, statistics, words. Recordings are made up here."""

import json
from dataclasses import replace

import numpy as np
import planned
import pytest

import loligo
from loligo.errors import ModelError, SelectionError, UnitError, WriteError
from loligo.experiment import read_experiment
from loligo.experiment.design import run
from loligo.experiment.design.places import Amount, amount_at, with_amounts
from loligo.experiment.design.repeat import Found, Repeat
from loligo.experiment.design.spread import Spread, drawn, spreads_of
from loligo.experiment.design.summary import row_of, wilson
from loligo.experiment.design.words import as_document, sentence
from loligo.plot import draw_design

SERIES, SET = (
    "rig.pipette.series_resistance",
    "rig.amplifier.whole_cell_series_resistance_compensation",
)


@pytest.mark.parametrize(
    ("text", "chance", "expected"),
    [
        ("20 %", 0.0, 10.0),
        ("20 %", 1.0, 10.0 * np.exp(np.sqrt(np.log(1.04)))),
        ("2 MOhm", -1.5, 7.0),
        ("0.002 GOhm", 1.0, 12.0),
        ("5..25 MOhm", 0.0, 15.0),
        ("5 MOhm..0.025 GOhm", 40.0, 25.0),
    ],
)
def test_what_is_drawn(text, chance, expected):
    own = Amount(10.0, "MOhm")
    value = Spread.parse(text, "path").draw(own, own, chance, "path")
    assert (value.number, value.unit) == (pytest.approx(expected), "MOhm")


def test_a_relative_spread_has_the_coefficient_of_variation_it_says():
    own = Amount(10.0, "MOhm")
    spread = Spread.parse("30 %", "path")
    chances = np.random.default_rng(1).standard_normal(20_000)
    values = np.array([spread.draw(own, own, float(c), "path").number for c in chances])
    assert values.std() / values.mean() == pytest.approx(0.3, abs=0.01)
    assert values.min() > 0


@pytest.mark.parametrize(
    "text", ["20", "20 parsec", "-5 %", "many", "5..10 MOhm around x", "nan %"]
)
def test_spreads_that_are_none(text):
    with pytest.raises((ModelError, UnitError)):
        drawn(planned.small(), spreads_of({SERIES: text}), (0, 0))


def test_values_that_follow_each_other():
    spreads = spreads_of({SET: f"as {SERIES}", SERIES: "20 %"})
    assert list(spreads) == [SERIES, SET]
    values = []
    for number in range(5):
        made = drawn(planned.small(), spreads, (0, number))
        assert made.rig.pipette.series_resistance == pytest.approx(
            made.rig.amplifier.whole_cell_series_resistance_compensation
        )
        values.append(made.rig.pipette.series_resistance)
        assert drawn(planned.small(), spreads, (0, number)) == made
    assert len(set(values)) == 5
    with pytest.raises(ModelError, match="around each other"):
        spreads_of({SERIES: f"5 % around {SET}", SET: f"as {SERIES}"})


def test_the_cell_and_what_is_true_of_it():
    experiment = planned.small()
    assert amount_at(experiment, "cell.channel.fast.conductance").number == 0.0
    assert amount_at(experiment, "truth.capacitance").number == pytest.approx(20.0)
    other = with_amounts(experiment, {"cell.capacitance": Amount(30.0, "pF")})
    assert amount_at(other, "truth.capacitance").number == pytest.approx(30.0)
    made = drawn(
        experiment,
        spreads_of({"rig.amplifier.capacitance_fast": "5 % around truth.capacitance"}),
        (0, 0),
    )
    assert made.rig.amplifier.capacitance_fast == pytest.approx(20.0, rel=0.3)


def test_the_regions_of_a_neuron_and_what_is_true_of_it():
    experiment = planned.shaped()
    leak = "channel.leak.conductance"
    assert amount_at(experiment, f"cell.dendrite.{leak}") == Amount(0.03, "mS/cm2")
    assert amount_at(experiment, "cell.capacitance") == Amount(1.0, "uF/cm2")
    with pytest.raises(SelectionError, match=f"name one of them: cell.dendrite.{leak}, cell.soma"):
        amount_at(experiment, f"cell.{leak}")
    with pytest.raises(SelectionError, match="did you mean 'soma"):
        amount_at(experiment, "cell.some.channel.leak.conductance")
    with pytest.raises(SelectionError, match="no such parameter"):
        amount_at(experiment, "cell.soma.area")
    other = with_amounts(experiment, {f"cell.soma.{leak}": Amount(0.03, "mS/cm2")})
    assert other.parameters == {f"soma.{leak}": "0.03 mS/cm2"}
    assert amount_at(other, f"cell.soma.{leak}").number == 0.03
    with pytest.raises(SelectionError, match="differs between regions"):
        amount_at(other, f"cell.{leak}")  # the soma would not follow it
    whole = 0.01 * np.pi * (20.0**2 + 2.0 * 400.0)
    assert amount_at(experiment, "truth.capacitance").number == pytest.approx(whole)
    twice = with_amounts(experiment, {"cell.capacitance": Amount(2.0, "uF/cm2")})
    assert amount_at(twice, "truth.capacitance").number == pytest.approx(2.0 * whole)


def test_what_a_profile_gives_is_no_one_value():
    experiment = planned.shaped()
    leak = "channel.leak.conductance"
    graded = experiment.cell.with_(profile={"dendrite": {leak: "0.03 * (1 + distance / 400)"}})
    along = replace(experiment, cell=graded)
    with pytest.raises(SelectionError, match="differs along the region, as its profile says"):
        amount_at(along, f"cell.dendrite.{leak}")
    told = replace(along, parameters={f"dendrite.{leak}": "0.04 mS/cm2"})
    assert amount_at(told, f"cell.dendrite.{leak}").number == 0.04


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("pipette.series_resistance", "begins neither with rig."),
        ("rig.pipette.serie_resistance", "did you mean 'series_resistance'"),
        ("rig.pipette.seal_resistance", "the rig has none"),
        ("rig.name", "is no number"),
        ("cell.channel.fast.conductanc", "did you mean 'channel.fast.conductance'"),
        ("truth.capacitanc", "did you mean 'capacitance'"),
    ],
)
def test_paths_that_lead_nowhere(path, told):
    with pytest.raises(SelectionError, match=told):
        amount_at(planned.small(), path)


def test_what_follows_from_others_cannot_be_set():
    with pytest.raises(SelectionError, match="cannot be set"):
        with_amounts(planned.small(), {"truth.capacitance": Amount(1.0, "pF")})


def test_a_draw_that_is_refused_is_told_before_anything_is_recorded():
    with pytest.raises(ModelError, match="a narrower spread does not reach that far"):
        loligo.design(planned.small(), repeats=50, spread={SERIES: "8 MOhm"})


def made_up(values, truth=10.0, half=1.0):
    return [
        Found("series_resistance", "test", v, v - half, v + half, "ok", "", truth, "the rig")
        for v in values
    ]


def test_statistics():
    values = np.array([10.5, 11.5, 9.0, 12.0])
    refused = Found("series_resistance", "test", None, None, None, "too_noisy", "why", 10.0, "")
    row = row_of("series_resistance", "test", [*made_up(values), refused])
    off = values - 10.0
    assert (row.count, row.given, row.refused) == (5, 4, (("too_noisy", 1, "why"),))
    assert row.bias == pytest.approx(off.mean())
    assert row.scatter == pytest.approx(off.std(ddof=1))
    assert row.bias_error == pytest.approx(off.std(ddof=1) / 2)
    assert row.rms == pytest.approx(np.sqrt(np.mean(off**2)))
    assert (row.reach, row.held, row.with_interval) == (pytest.approx(1.0), 2, 4)
    assert row.coverage == 0.5
    assert "2 of 4 intervals" in sentence(row)
    assert "1 refused (too_noisy)" in sentence(row)
    # Wilson's interval of 5 of 10, as tabulated
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)


@pytest.fixture
def made(monkeypatch):
    """Repeats made up from the numbers drawn, and a list of those made."""
    done = []

    class Recorder:
        def __init__(self, experiment, spreads, plans, seed, truths):
            self.experiment = experiment

        def repeat(self, number, varied=""):
            done.append((varied, number))
            if number == 3:
                return Repeat(varied, number, {}, (), "the simulation diverged: far")
            truth = self.experiment.rig.pipette.series_resistance
            value = 1.1 * truth + 1e-4 * np.random.default_rng(number).standard_normal()
            return Repeat(varied, number, {}, tuple(made_up([value], truth, 1e-3)))

    monkeypatch.setattr(run, "Recorder", Recorder)
    return done


VARIED = {SERIES: ["5 MOhm", "0.02 GOhm"]}


def test_a_table_of_what_is_varied(made):
    found = loligo.design(planned.small(), repeats=6, vary=VARIED)
    assert [condition.value for condition in found.conditions] == ["5 MOhm", "0.02 GOhm"]
    assert [c.row("series_resistance").bias for c in found.conditions] == pytest.approx(
        [5e-4, 2e-3], abs=3e-4
    )
    assert found.conditions[0].failures == (("the simulation diverged: far", 1),)
    assert "1 came to nothing: the simulation diverged" in repr(found)
    told = json.loads(json.dumps(as_document(found)))
    (first, second) = told["conditions"]
    assert (first["value"], first["recordings"]) == ("5 MOhm", 6)
    assert second["results"][0]["bias"] == pytest.approx(2.0, abs=0.3)  # MOhm
    with pytest.raises(SelectionError, match="2 values"):
        found.row("series_resistance")
    with pytest.raises(SelectionError, match="did you mean 'series_resistance'"):
        found.conditions[0].row("serie_resistance")
    assert draw_design(found).axes[0].get_xlabel() == "series resistance [MΩ]"
    alone = loligo.design(planned.small(), repeats=6)
    assert draw_design(alone, ["series_resistance"]).axes[0].get_ylabel() == "recordings"


def test_a_journal_goes_on_where_it_was_left(made, tmp_path):
    path = tmp_path / "design.jsonl"

    def stop(done, of):
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loligo.design(planned.small(), repeats=6, vary=VARIED, journal=path, progress=stop)
    with path.open("a") as file:
        file.write('{"varied": "5 MOhm", "rep')  # cut short by a crash
    assert len(made) == 4
    found = loligo.design(planned.small(), repeats=6, vary=VARIED, journal=path)
    assert len(made) == 12
    again = loligo.design(planned.small(), repeats=6, vary=VARIED, journal=path)
    assert len(made) == 12
    assert as_document(again) == as_document(found)
    assert as_document(loligo.design(planned.small(), repeats=6, vary=VARIED)) == as_document(found)
    more = {SERIES: [*VARIED[SERIES], "30 MOhm"]}
    made.clear()
    loligo.design(planned.small(), repeats=7, vary=more, journal=path)
    assert len(made) == 2 + 7


def test_journals_of_something_else(made, tmp_path):
    path = tmp_path / "design.jsonl"
    loligo.design(planned.small(), repeats=2, journal=path)
    with pytest.raises(WriteError, match="of another experiment, spread or analysis"):
        loligo.design(planned.small(), repeats=2, spread={SERIES: "1 %"}, journal=path)
    path.write_text("a diary\n")
    with pytest.raises(WriteError, match="no journal of a design"):
        loligo.design(planned.small(), repeats=2, journal=path)
    with pytest.raises(WriteError, match="cannot be"):
        loligo.design(planned.small(), repeats=2, journal=tmp_path / "none" / "x.jsonl")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"repeats": 1}, "two recordings or more"),
        ({"vary": {SERIES: ["5 MOhm"], SET: ["5 MOhm"]}}, "one can be varied"),
        ({"vary": {SERIES: "5 MOhm"}}, "give a list"),
        ({"vary": {SERIES: ["many"]}}, "no quantity"),
        ({"correct": {"leek": "p/n"}}, "did you mean 'leak'"),
    ],
)
def test_what_cannot_be_planned(arguments, told):
    with pytest.raises(ModelError, match=told):
        loligo.design(planned.small(), **arguments)


FILE = """
kind = "experiment"
cell = "hodgkin_huxley1952"

[parameters]
area = "8000 um2"

[rig]
pipette = {series_resistance = "10 MOhm"}
amplifier = {kind = "voltage clamp"}

[protocol]
name = "test"
holding = "-70 mV"
epochs = ["hold for 5 ms", "step -80 mV for 10 ms as test"]

[design]
repeats = 3
parts = ["membrane_test"]

[design.spread]
"rig.pipette.series_resistance" = "20 %"
"""


def test_a_file_holds_the_design_too(made, tmp_path):
    path = tmp_path / "test.toml"
    path.write_text(FILE)
    assert read_experiment(path).design["repeats"] == 3
    found = loligo.design(path)
    assert found.only.repeats == 3
    path.write_text(FILE.replace("repeats", "repeat"))
    with pytest.raises(ModelError, match="did you mean 'repeats'"):
        loligo.design(path)
