"""Series-resistance correction undone, beside the eigenvalues of amplifier and cell."""

import pytest

from loligo.analysis.membrane_test.correction import left_by_correction
from loligo.analysis.membrane_test.model import Cell, Modes, cell_of, modes
from loligo.rig import Pipette, VoltageClamp, with_passive_cell


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_the_loop_gives_the_cell_back(share):
    """100 pF and 500 MOhm behind 15 MOhm; the amplifier's other lags are shorter than 0.1 us."""
    series, lag = 0.015, 0.03
    amplifier = VoltageClamp(
        clamp_time="0.01 us",
        current_time="0.05 us",
        summing_time=f"{lag} ms",
        whole_cell_series_resistance_compensation=f"{series} GOhm",
        series_resistance_correction=share,
    )
    rig = amplifier.system(Pipette(series_resistance=f"{series} GOhm", capacitance="0.01 pF"))
    closed = with_passive_cell(rig, resistance="500 MOhm", capacitance="100 pF", reversal="0 mV")
    slow, fast = -closed.poles[:2].real
    assert slow < fast < 1.0 / lag * 1.5
    steady = 1.0 / (0.515 - share * series)
    # the response to a step is steady + A exp(-slow t) behind a lag of 1 / fast: A from the start
    # of the rise, which is that of the command through lag and series resistance
    amplitude = fast**-1 / (lag * series) * (1.0) - steady
    found = left_by_correction(
        Modes(steady, (amplitude,), (slow,)), 1.0 / fast, share * series, late=0.0
    )
    cell = cell_of(found)
    assert cell.series_resistance == pytest.approx((1.0 - share) * series, rel=2e-2)
    assert cell.capacitance == pytest.approx(100.0, rel=2e-2)


def test_nothing_corrected_is_nothing_undone():
    plain = modes(Cell(0.01, 0.5, 100.0))
    assert left_by_correction(plain, 0.02, 0.0) is plain
