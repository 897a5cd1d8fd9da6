"""The figures of impedance and agreement: what is drawn, and what stands beside it."""

import chirps
import numpy as np
import rc_cells

from loligo.analysis.agreement import input_resistance_agreement
from loligo.analysis.impedance import impedance
from loligo.plot.agreement import draw_agreement
from loligo.plot.impedance import draw_impedance

RATE = 0.5


def measured():
    played = chirps.chirp(duration=5000.0)
    noise = chirps.coloured(np.random.default_rng(0), (3, played.size), RATE, 0.1)
    clean = -65 + chirps.respond(chirps.resonant(slow=6.0), played, RATE)
    return chirps.recording(played, clean + noise, RATE)


def test_impedance_has_three_panels_and_its_resonance():
    figure = draw_impedance(impedance(measured()))
    figure.canvas.draw()
    top, middle, bottom = figure.axes
    assert [a.get_ylabel() for a in figure.axes] == ["|Z| [MΩ]", "phase [°]", "coherence"]
    assert bottom.get_xlabel() == "frequency [Hz]"
    assert top.get_yscale() == top.get_xscale() == middle.get_xscale() == "log"
    assert "resonance" in top.get_legend_handles_labels()[1]
    assert "low-frequency limit" in top.get_title(loc="left")


def test_a_refusal_is_drawn_as_words():
    figure = draw_impedance(impedance(rc_cells.current_clamp((-50.0,))))
    assert "no waveform" in figure.axes[0].get_title(loc="left")


def test_agreement_shows_each_route():
    rng = np.random.default_rng(1)
    noise = rc_cells.coloured(rng, (4, 1600), 0.1, 1.0)
    steps = rc_cells.current_clamp((-80.0, -60.0, -40.0, -20.0), noise=noise, sampling_rate="2 kHz")
    figure = draw_agreement(input_resistance_agreement({"one": steps, "two": measured()}))
    figure.canvas.draw()
    (axes,) = figure.axes
    assert axes.get_xlabel() == "membrane potential [mV]"
    shown = [text.get_text() for text in axes.get_legend().get_texts()]
    assert shown == ["one, current steps", "two, chirp", "steady state", "early"]
