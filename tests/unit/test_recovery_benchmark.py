"""The recovery study: what it draws, the lines it prints, and that it goes on where it was."""

import json

import numpy as np
import pytest

from benchmarks.recovery import __main__ as command
from benchmarks.recovery import campaign, draws, figure, page, summary
from benchmarks.recovery.made import cell_of, protocol_of, rig_of
from benchmarks.recovery.truths import QUANTITIES

KEYS = ["quantity", "mode", "n", "refused", "median_abs_error", "coverage_95"]


def made_up(seed, number):
    """A cell whose estimates are 1 % off, with intervals of 2 %; every fifth cell has none."""
    mode = draws.MODES[number % 2]
    cell = {"seed": seed, "cell": number, "mode": mode, "found": {}, "refused": {}}
    for name in QUANTITIES[mode]:
        if number % 5 == 4:
            cell["refused"][name] = [1.0, 3.0, "too_noisy: the interval is too wide"]
        else:
            cell["found"][name] = [1.0, 1.01, 0.99, 1.03]
    return cell


@pytest.fixture
def quick(monkeypatch):
    asked = []

    def measure(seed, number):
        asked.append(number)
        return made_up(seed, number)

    monkeypatch.setattr(campaign, "measure", measure)
    return asked


def test_one_json_line_a_quantity(quick, capsys):
    assert command.main(["--cells", "20", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(list(line) == KEYS for line in lines)
    assert [(line["mode"], line["quantity"]) for line in lines] == [
        (mode, name) for mode, names in QUANTITIES.items() for name in names
    ]
    for line in lines:
        assert (line["n"], line["refused"]) == (10, 2)
        assert line["median_abs_error"] == pytest.approx(0.01)
        assert line["coverage_95"] == 1.0


def test_it_goes_on_where_it_was(quick, tmp_path):
    path = tmp_path / "cells.jsonl"
    campaign.run(4, 7, path=path)
    path.write_text(path.read_text() + '{"seed": 7, "cell": 4, "mo')  # cut short
    cells = campaign.run(6, 7, path=path)
    assert quick == [0, 1, 2, 3, 4, 5]
    assert [cell["cell"] for cell in cells] == list(range(6))
    assert campaign.run(6, 8, path=path)[0]["seed"] == 8  # other cells
    campaign.write(cells, path)
    assert campaign.read(path) == cells


def test_an_interruption_keeps_what_is_done(monkeypatch, tmp_path, capsys):
    def measure(seed, number):
        if number == 3:
            raise KeyboardInterrupt
        return made_up(seed, number)

    monkeypatch.setattr(campaign, "measure", measure)
    path = tmp_path / "cells.jsonl"
    assert command.main(["--cells", "5", "--out", str(path)]) == 1
    assert "interrupted after 3 of 5 cells" in capsys.readouterr().err
    assert len(campaign.read(path)) == 3


def test_a_missed_truth_counts():
    cells = [made_up(1, 0), made_up(1, 2)]
    cells[0]["found"]["capacitance"] = [1.0, 1.01, 1.005, 1.015]
    line = next(line for line in summary.lines(cells) if line["quantity"] == "capacitance")
    assert line["coverage_95"] == 0.5
    assert figure.deviations(cells, "capacitance", "voltage_clamp") == pytest.approx([2.0, 0.5])


def test_a_number_is_one_experiment():
    one, again = draws.draw(3, 5), draws.draw(3, 5)
    assert one == again != draws.draw(3, 7)
    assert [draws.draw(3, k).mode for k in (0, 1)] == list(draws.MODES)
    for number in range(40):
        drawn = draws.draw(1, number)
        assert 2.0 <= drawn.resistance * drawn.capacitance <= 100.0
        cell, rig, protocol = cell_of(drawn), rig_of(drawn), protocol_of(drawn)
        assert rig.clamp == drawn.mode
        assert cell.initial_potential == drawn.reversal
        steps = len(drawn.levels) if len(drawn.levels) > 1 else drawn.sweeps
        assert protocol.n_sweeps == steps


def test_the_page_says_what_the_lines_say():
    cells = [made_up(1, number) for number in range(20)]
    text = page.page(cells)
    assert "| series resistance | 10 | 2 | 1 % | 100.0 % (95 ± 15.1 by chance) |" in text
    assert "too_noisy 2 | 1 % | 2e+02 % (of 2) |" in text
    drawn = figure.draw(cells)
    assert len(drawn.axes) == 2
    assert np.isfinite(drawn.axes[0].dataLim.get_points()).all()


def test_what_the_file_states_of_the_filter_is_not_quite_true():
    drawn = [draws.draw(5, number) for number in range(400)]
    off = np.log([each.stated_corner / each.corner for each in drawn])
    assert abs(off.std() - draws.CORNER_STATED) < 0.02
    followers = [each.follower for each in drawn if each.mode == "current_clamp"]
    assert draws.FOLLOWER[0] < min(followers) < max(followers) < draws.FOLLOWER[1]
