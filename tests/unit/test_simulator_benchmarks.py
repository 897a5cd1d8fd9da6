"""The comparison of simulators, as far as it needs none of them."""

import io
import json
import sys

import numpy as np
import pytest

from benchmarks.simulators import (
    accuracy,
    figure,
    launch,
    measure,
    page,
    plan,
    references,
    results,
)
from benchmarks.simulators import workloads as w
from benchmarks.simulators.__main__ import arguments, in_rounds
from benchmarks.simulators.case import Case, Prepared


def _row(tool, run=1.0, *, workload="W2", threads=1, dt=0.025, **more):
    case = Case(tool, {"loligo": "default", "neuron": "cn"}[tool], workload, threads, dt)
    judged = {accuracy.ERROR[workload][0]: 2.0}
    line = {"run_s": run, "setup_s": 0.5, "ns_per_compartment_step": 40.0, "accuracy": judged}
    about = {"version": "1.2", "machine": "Abacus, 2 processors", "date": "1952-08-28"}
    about["load"] = 0.5
    return measure.row(case, **{**line, **about, **more})


def test_rates_at_rest_are_those_of_1952():
    # At V = 0 of the paper: alpha_m = 2.5 / (e^2.5 - 1), beta_m = 4, alpha_h = 0.07,
    # beta_h = 1 / (e^3 + 1), alpha_n = 0.1 / (e - 1), beta_n = 0.125 (equations 12, 13, 20-24).
    e = np.e
    expected = (2.5 / (e**2.5 - 1), 4.0, 0.07, 1 / (e**3 + 1), 0.1 / (e - 1), 0.125)
    assert np.allclose(w.rates(-65.0), expected, rtol=1e-14)


def test_rates_are_smooth_where_the_formula_is_zero_by_zero():
    assert w.rates(-40.0)[0] == 1.0
    assert w.rates(-55.0)[4] == 0.1
    around = w.linoid(np.array([-1e-5, -1e-7, 0.0, 1e-7, 1e-5]))
    assert np.allclose(around, 1.0 + np.array([-1e-5, -1e-7, 0.0, 1e-7, 1e-5]) / 2, atol=1e-11)


def test_population_varies_as_defined():
    currents, sodium = w.population()
    assert (currents[0], currents[-1]) == (0.0, 20.0)
    assert sodium.min() >= 108.0
    assert sodium.max() <= 132.0
    assert abs(sodium.mean() - 120.0) < 1e-2


def test_clamped_patch_has_its_capacitance():
    patch = w.CLAMP_AREA * w.CAPACITANCE
    assert patch == pytest.approx(20.0e-6)
    assert w.CLAMP_LEVELS.size == 31


def test_compartment_steps():
    assert w.WORKLOADS["W1"].compartment_steps(0.025) == 40_000
    assert w.WORKLOADS["W2"].compartment_steps(0.025) == 40_000_000


def test_spike_time_lies_between_samples():
    times = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    voltage = np.array([-10.0, 30.0, -20.0, 0.0, 10.0])
    assert accuracy.spike_times(times, voltage).tolist() == [0.25, 3.0]


def test_one_cell_is_judged_by_the_spikes_both_have():
    grid = np.arange(4001) * w.GRID
    reference = {"voltage": np.zeros(grid.size), "spikes": np.array([10.0, 20.0, 30.0])}
    times = np.arange(0.0, 101.0, 0.5)
    voltage = np.full(times.size, -2.0)
    for spike in (10.5, 20.25):
        voltage[np.searchsorted(times, spike)] = 2.0
    found = accuracy.one_cell(times, voltage, reference)
    assert (found["spikes"], found["reference_spikes"]) == (2, 3)
    # The crossings lie half-way between samples: 10.25 and 20.25.
    assert found["spike_time_error_ms"] == pytest.approx(0.25)
    assert found["voltage_rms_mv"] == pytest.approx(2.0, abs=0.02)


def test_one_cell_without_a_spike_has_no_error_of_a_spike():
    reference = {"voltage": np.zeros(4001), "spikes": np.array([10.0])}
    found = accuracy.one_cell(np.array([0.0, 100.0]), np.array([-1.0, -1.0]), reference)
    assert "spike_time_error_ms" not in found
    assert found["voltage_rms_mv"] == pytest.approx(1.0)


def test_many_cells_are_compared_where_the_reference_is():
    expected = np.arange(500)
    counts = np.full(w.POPULATION, 7)
    counts[:: w.CHECKED] = expected
    counts[0] += 3
    counts[w.CHECKED] -= 1
    found = accuracy.many_cells(counts, {"counts": expected})
    assert found["other_count_percent"] == pytest.approx(0.4)
    assert found["mean_difference"] == pytest.approx(4 / 500)
    assert found["total"] == 9500 * 7 + expected.sum() + 2


@pytest.mark.parametrize(("level", "peak"), [(-20.0, -5.0), (-90.0, -1.0)])
def test_peak_leaves_the_charging_out_below_the_holding_potential(level, peak):
    times = np.arange(0.0, 60.001, 0.01)
    current = np.full(times.size, -1.0)
    current[(times > 5.1) & (times < 6.9)] = -5.0
    current[times < 5.04] = current[times > 54.96] = -9.0
    assert accuracy.peak_inward(times, current, level) == peak


def test_clamp_family_is_relative_to_the_largest_peak():
    found = accuracy.clamp_family([-1.0, -4.1], {"peaks": np.array([-1.0, -4.0])})
    assert found == {"peak_error_percent": pytest.approx(2.5)}


def test_reference_of_a_passive_membrane_is_the_exponential():
    # Without sodium and with potassium and gates out of play, only the leak charges the membrane.
    start = np.array([[-65.0], [0.0], [0.0], [0.0]])
    times = np.array([0.0, 0.001])
    voltage = references.solve(start, times, 0.0, lambda _: 1.0, 1e-12)[0, 0]
    expected = (1.0 - w.LEAK * (-65.0 - w.LEAK_REVERSAL)) / w.CAPACITANCE
    assert (voltage[1] - voltage[0]) / 0.001 == pytest.approx(expected, rel=1e-3)


def test_reference_is_made_once(tmp_path, monkeypatch):
    made = []
    maker = {"W6": lambda: made.append(1) or {"peaks": np.array([-1.0])}}
    monkeypatch.setattr(references, "_MAKERS", maker)
    for _ in range(2):
        assert references.load("W6", tmp_path)["peaks"].tolist() == [-1.0]
    assert made == [1]
    assert len(list(tmp_path.iterdir())) == 1


def test_repeat_measures_at_least_as_often_as_asked():
    runs = []
    prepared = Prepared(lambda: runs.append(1) or len(runs), "nothing")
    result, wall, processor = measure.repeat(prepared, 3)
    assert len(wall) == len(processor) == len(runs) == result >= 3
    assert min(wall) >= 0.0


def test_a_missing_simulator_is_skipped_with_the_reason(monkeypatch):
    monkeypatch.setitem(sys.modules, "arbor", None)
    monkeypatch.delitem(sys.modules, "benchmarks.simulators.peers.arbor", raising=False)
    line = measure.measure(Case("arbor", "grouped", "W2", 1, 0.025))
    assert "not installed here" in line["skipped"]
    assert "arbor" in line["skipped"]
    assert "run_s" not in line


def test_a_missing_interpreter_is_skipped_with_the_reason(tmp_path):
    nowhere = str(tmp_path / "python")
    line = launch.launch(Case("arbor", "grouped", "W2", 1, 0.025), {"arbor": nowhere}, 10.0)
    assert line["skipped"] == f"no interpreter at {nowhere}"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for Python")
def test_a_crash_is_a_failure_with_its_last_words(tmp_path):
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\necho 'first' >&2\necho 'Boom: it broke' >&2\nexit 3\n")
    script.chmod(0o755)
    line = launch.launch(Case("neuron", "cn", "W1", 1, 0.025), {"neuron": str(script)}, 10.0)
    assert line["failed"] == "Boom: it broke"


def test_one_thread_is_one_thread_for_every_library():
    found = launch.environment(1)
    assert found["OMP_NUM_THREADS"] == found["NUMBA_NUM_THREADS"] == "1"
    assert "multi_thread_eigen=false" in found["XLA_FLAGS"]
    assert launch.environment(2)["NUMBA_NUM_THREADS"] == "2"


def test_plan_obeys_the_choice():
    found = list(plan.cases(["W2"], ["neuron:cn", "arbor"], [1, 2], 3))
    peers = [(case.tool, case.variant, case.threads) for case in found if case.tool != plan.OURS]
    assert peers == [("neuron", "cn", 1), ("arbor", "grouped", 1), ("arbor", "grouped", 2)]
    assert {case.step for case in found if case.tool != plan.OURS} == {0.025}
    assert found[0].tool == plan.OURS
    assert {case.repetitions for case in found} == {3}


def test_plan_of_the_precision_study_spans_steps_and_tolerances():
    found = list(plan.cases(["W1"], ["neuron:fixed", "neuron:cvode"], [1], 1, precision=True))
    steps = [case.step for case in found if case.variant == "fixed"]
    tolerances = [case.tolerance for case in found if case.variant == "cvode"]
    assert steps == list(w.WORKLOADS["W1"].precisions)
    assert tolerances == list(w.TOLERANCES)


def test_lines_survive_the_file(tmp_path):
    rows = [_row("loligo"), measure.row(Case("arbor", "grouped", "W6", 1), skipped="no clamp")]
    results.write(rows, tmp_path / "rows.jsonl")
    text = (tmp_path / "rows.jsonl").read_text()
    assert [json.loads(line) for line in text.splitlines()] == rows
    assert results.read(tmp_path / "rows.jsonl") == rows
    needed = {"workload", "tool", "variant", "threads", "dt", "ns_per_compartment_step", "run_s"}
    assert needed | {"setup_s", "accuracy"} <= set(rows[0])


def test_numbers_are_rounded_to_what_was_measured():
    assert measure.rounded({"a": {"b": 1.23456789}, "c": 3, "d": None}) == {
        "a": {"b": 1.2346},
        "c": 3,
        "d": None,
    }


def test_ratio_is_to_our_line_of_the_same_kind():
    rows = [
        _row("loligo", 0.5),
        _row("loligo", 0.25, threads=2),
        _row("neuron", 2.0),
        _row("neuron", 1.0, threads=2),
        _row("neuron", 1.0, workload="W1"),
    ]
    assert results.cells(rows, rows[2])[4] == "4.00"
    assert results.cells(rows, rows[3])[4] == "4.00"
    assert results.cells(rows, rows[4])[4] == "-"
    assert results.cells(rows, rows[0])[4] == "1.00"


def test_no_simulator_is_first_in_every_round():
    plan = [Case(tool, "x", "W1") for tool in ("loligo", "neuron", "arbor")]
    tools = [case.tool for case in in_rounds(plan, 2)]
    assert tools == ["loligo", "neuron", "arbor", "arbor", "neuron", "loligo"]


def test_page_tells_under_which_load_each_was_measured():
    rows = [_row("loligo", load=0.4), _row("neuron", load=1.5), _row("neuron", load=9.0)]
    assert page.loads(rows).endswith("0.4 to 0.4 for loligo, 1.5 to 9 for the others.")


def test_tables_show_the_fastest_first_and_reasons_stand_apart():
    from rich.console import Console

    skipped = measure.row(Case("arbor", "grouped", "W2", 1, 0.025), skipped="not installed here")
    rows = [skipped, _row("neuron", 2.0), _row("loligo", 0.5), skipped]
    console = Console(width=200, record=True, file=io.StringIO())
    (table,) = results.tables(rows)
    console.print(table)
    text = console.export_text()
    assert text.index("loligo default") < text.index("neuron cn")
    assert "arbor" not in text
    assert "4.00" in text
    assert results.reasons(rows) == ["W2 arbor grouped: not installed here"]


def test_variants_share_a_reason():
    cases = [Case("jaxley", kind, "W6", 1, 0.01) for kind in ("f64", "f32")]
    rows = [measure.row(case, skipped="ideal clamp") for case in cases]
    rows += [measure.row(Case("neuron", "cn", "W6", 1, 0.01), failed="Boom")]
    expected = ["W6 jaxley f64, f32: ideal clamp", "W6 neuron cn: failed: Boom"]
    assert results.reasons(rows * 2) == expected


def test_of_several_rounds_the_fastest_counts():
    skipped = measure.row(Case("arbor", "grouped", "W2", 1, 0.025), skipped="not installed here")
    slow, fast = _row("neuron", 2.0), _row("neuron", 1.5)
    other = _row("neuron", 1.0, dt=0.05)
    rows = [slow, skipped, other, fast, skipped, slow]
    assert results.fastest(rows) == [fast, skipped, other]


def test_markdown_has_a_line_for_each_measurement():
    rows = [_row("neuron", 2.0), _row("loligo", 0.5)]
    lines = results.markdown(rows, "W2").splitlines()
    assert len(lines) == 4
    assert lines[2] == "| loligo default | 1 | 0.025 ms | 500 ms | 1.00 | 40.0 | 500 ms | 2.00 |"
    assert {line.count("|") for line in lines} == {len(results.HEAD) + 1}


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (3.14159, "3.14"), (999.9, "1000"), (28_000.0, "28000"), (1.5e-6, "1.50e-06")],
)
def test_figures(value, text):
    assert results.figures(value) == text


def test_curves_hold_one_thread_and_an_error():
    none = {"accuracy": {"other_count_percent": 0.0}}
    rows = [_row("loligo", 0.5), _row("neuron", 3.0), _row("neuron", 2.0, dt=0.05)]
    rows += [_row("neuron", 1.0, threads=2), _row("neuron", 1.0, **none)]
    found = figure.curves(rows, "W2")
    assert list(found) == [("neuron", "cn"), ("loligo", "default")]
    assert found["neuron", "cn"] == [(2.0, 2.0), (3.0, 2.0)]


def test_work_precision_has_a_panel_a_workload():
    rows = [_row("loligo", 0.5), _row("loligo", 0.5, workload="W6"), _row("neuron")]
    panels = figure.work_precision(rows).axes
    assert [panel.get_title(loc="left")[:2] for panel in panels] == ["W2", "W6"]
    assert len(panels[0].lines) == 2
    assert panels[0].get_xscale() == panels[0].get_yscale() == "log"


@pytest.mark.parametrize(
    "given", [["--only", "W9"], ["--peers", "nest"], ["--python", "brian2"], ["--python", "x=y"]]
)
def test_unknown_names_are_refused(given, capsys):
    with pytest.raises(SystemExit):
        arguments(given)
    assert given[1] in capsys.readouterr().err


def test_options():
    given = arguments(["--only", "W1,W6", "--peers", "", "--python", "brian2=/p"])
    assert (given.only, given.peers, given.python) == (["W1", "W6"], [], [("brian2", "/p")])


def test_page_tells_machine_tables_and_reasons():
    skipped = measure.row(Case("arbor", "grouped", "W6", 1, 0.01), skipped="no series resistance")
    rows = [_row("loligo", 0.5), _row("neuron", 2.0), _row("neuron", 9.0, dt=0.1), skipped]
    text = page.page(rows)
    assert "1952-08-28 on Abacus, 2 processors: loligo 1.2, neuron 1.2." in text
    assert "### W2: 10,000 cells" in text
    assert "### W6" not in text
    assert "- W6 arbor grouped: no series resistance\n" in text
    assert "9.00 s" not in text


def test_machine_is_named():
    name, _, count = measure.machine().rpartition(", ")
    assert name
    assert int(count.split()[0]) >= 1
