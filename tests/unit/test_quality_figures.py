"""Figures of quality show what there is, and a sentence where there is nothing."""

import numpy as np
import pytest

from loligo.analysis.quality import criteria_from, quality
from loligo.plot.quality import draw_drift, draw_noise
from loligo.recording import ClampMode
from tests.helpers.pulsed_cells import clamped, pulsed, times

VC = ClampMode.VOLTAGE_CLAMP


@pytest.fixture
def rng():
    return np.random.default_rng(2)


def words(figure):
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    titles = [axes.get_title(loc=loc) for axes in figure.axes for loc in ("left", "right")]
    return " ".join([*texts, *titles])


def test_the_spectrum_names_unit_noise_and_hum(rng):
    hum = 3 * np.sin(2 * np.pi * 0.06 * times())
    figure = draw_noise(quality(pulsed(VC, [clamped(rng) + hum for _ in range(5)])))
    assert "60 Hz hum, 3.0" in words(figure)
    assert "pA rms" in words(figure)
    axes = figure.axes[0]
    assert axes.get_xlabel() == "frequency [Hz]"
    assert axes.get_ylabel() == "noise density [pA/√Hz]"
    drawn = axes.get_lines()[0].get_xydata()
    level = 2.0 * np.sqrt(2 / 10_000)  # of white noise of 2 pA at 10 kHz
    assert np.median(drawn[drawn[:, 0] > 500, 1]) == pytest.approx(level, rel=0.05)


def test_the_course_has_a_row_a_quantity_and_marks_what_misses(rng):
    rows = [clamped(rng, holding=h) for h in (-50, -60, -70, -220, -230)]
    own = criteria_from({"holding_current": {"within": "100 pA", "each_sweep": True}})
    figure = draw_drift(quality(pulsed(VC, rows), criteria=own))
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert labels == ["holding\ncurrent\n[pA]", "total\nresistance\n[MΩ]"]
    kept, missed = (found.get_offsets() for found in figure.axes[0].collections[-2:])
    assert len(kept) == 3
    assert len(missed) == 2
    assert "shaded" in words(figure)


def test_nothing_to_draw_is_said():
    found = quality(pulsed(VC, [np.zeros(times().size)]))
    assert "at rest" in words(draw_noise(found)).replace("\n", " ")
    assert "nothing was measured" in words(draw_drift(found)).replace("\n", " ")
