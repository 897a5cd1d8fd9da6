"""Descriptions of filters, noise and digitizer: files, refusals, seeds and figures."""

import numpy as np
import pytest
from pydantic import TypeAdapter

from loligo.cell.description import Description
from loligo.errors import ArrayError, ModelError, SelectionError
from loligo.plot import draw_filters, draw_noise_sources
from loligo.rig import Bessel, Butterworth, Circuit, Digitizer, Hum, Noise, OnePole
from loligo.rig.filters import Filter, OutputFilter
from loligo.rig.noise import synthesize

CELL = Circuit(series_resistance="10 MOhm", membrane_capacitance="33 pF")
NOISE = Noise(feedback_resistance="0.5 GOhm", hum=Hum(amplitude="2 pA"))


class Rig(Description):
    """Something that has a filter."""

    output: OutputFilter


@pytest.mark.parametrize(
    "made", [Bessel(corner="10 kHz"), Butterworth(poles=2, corner="3 kHz"), OnePole(corner="1 Hz")]
)
def test_a_filter_in_a_rig_stays_what_it_is(made):
    rig = Rig(output=made)
    again = Rig(**rig.written())
    assert type(again.output) is type(made)
    assert again == rig
    assert TypeAdapter(OutputFilter).validate_python(made.written()) == made
    assert Filter.from_toml(made.to_toml()) == made


@pytest.mark.parametrize("made", [CELL, NOISE, Digitizer(current_gain="0.5 mV/pA"), NOISE.hum])
def test_files(made, tmp_path):
    path = tmp_path / "part.toml"
    path.write_text(made.to_toml())
    assert type(made).from_toml(path) == made
    with pytest.raises(ModelError, match="it holds a"):
        Bessel.from_toml(
            "kind = 'leaky_integrate_and_fire'\nname = ''\nreset='-70 mV'\n"
            "capacitance='1 pF'\nleak_conductance='1 nS'\nleak_reversal='-70 mV'\n"
            "threshold='-50 mV'\ninitial_potential='-70 mV'"
        )
    with pytest.raises(ModelError, match="kind = 'bezel'; did you mean 'bessel'"):
        Bessel.from_toml("kind = 'bezel'")


def test_the_gain_is_written_as_on_the_panel():
    assert Digitizer(current_gain="0.5 V/nA").written()["current_gain"] == "0.5 mV/pA"


def test_what_noise_refuses():
    with pytest.raises(SelectionError, match="did you mean 'voltage_clamp'"):
        NOISE.spectrum([1.0], CELL, "voltageclamp")
    with pytest.raises(ArrayError, match="above 0 kHz"):
        NOISE.spectrum([0.0, 1.0], CELL, "voltage_clamp")
    with pytest.raises(ModelError, match="voltage_noise_corner says"):
        Noise(voltage_noise_corner="1 kHz")
    with pytest.raises(ModelError, match="voltage_noise"):
        Noise(voltage_noise="3 nV")
    with pytest.raises(ModelError, match=r"hum.amplitude = 2 pA, but current_clamp records mV"):
        NOISE.trace(
            CELL, "current_clamp", 10, "20 kHz", seed=1, output_filter=Bessel(corner="5 kHz")
        )


@pytest.mark.parametrize(
    ("name", "value"), [("seed", -1), ("seed", 1 << 32), ("cell", 0.5), ("channel", 70_000)]
)
def test_numbers_that_make_no_key(name, value):
    numbers = {"seed": 1, "cell": 0, "channel": 0} | {name: value}
    with pytest.raises(ModelError, match=f"{name} = "):
        synthesize(np.ones_like, 10, 20.0, bandwidth=10.0, **numbers)


def test_no_source_no_noise():
    quiet = Noise(temperature="-273.15 degC")
    assert quiet.parts([1.0], CELL, "voltage_clamp") == {}
    found = quiet.trace(CELL, "voltage_clamp", 8, "20 kHz", seed=1, bandwidth=10.0)
    assert (found == 0.0).all()


def test_hum_goes_on_over_sweeps():
    options = {"seed": 3, "bandwidth": 5.0}
    quiet = Noise(temperature="-273.15 degC", hum=Hum(amplitude="2 pA", frequency="60 Hz"))
    whole = quiet.trace(CELL, "voltage_clamp", 400, "10 kHz", **options)[0]
    halves = quiet.trace(CELL, "voltage_clamp", 200, "10 kHz", sweeps=[0, 1], **options)
    assert halves.ravel() == pytest.approx(whole, abs=1e-9)
    placed = quiet.trace(CELL, "voltage_clamp", 200, "10 kHz", sweeps=[1], starts=[20.0], **options)
    assert placed[0] == pytest.approx(whole[200:], abs=1e-9)
    assert whole.max() == pytest.approx(2.0, rel=0.01)


def lines(axes):
    return [line.get_xydata() for line in axes.get_lines()]


def test_figure_of_filters():
    drawn = [Bessel(corner="10 kHz"), OnePole(corner="5 kHz")]
    gains, steps = draw_filters(*drawn).axes
    curve = lines(gains)[0]
    assert curve[:, 1] == pytest.approx(20 * np.log10(np.abs(drawn[0].transfer(curve[:, 0]))))
    assert lines(steps)[1][-1, 1] == pytest.approx(1.0, abs=1e-3)
    legend = [text.get_text() for text in steps.get_legend().get_texts()]
    assert legend == ["Bessel, 4 poles, 10 kHz", "one pole, 5 kHz"]
    with pytest.raises(SelectionError, match="no filter"):
        draw_filters()


@pytest.mark.parametrize("clamp", ["voltage_clamp", "current_clamp"])
def test_figure_of_noise(clamp):
    noise = NOISE.with_(voltage_noise="3 nV/sqrt(Hz)", input_capacitance="15 pF")
    axes = draw_noise_sources(noise, CELL, clamp, output_filter=Bessel(corner="10 kHz")).axes[0]
    drawn = lines(axes)
    assert len(drawn) == 5  # three sources, their sum, what passes
    sums = np.sqrt(sum(curve[:, 1] ** 2 for curve in drawn[:3]))
    assert drawn[3][:, 1] == pytest.approx(sums)
    names = {text.get_text() for text in axes.texts}
    assert names == {"feedback resistor", "series resistance", "amplifier voltage", "all"}
    assert "RMS after Bessel, 4 poles, 10 kHz" in axes.get_title(loc="left")


def test_a_filter_of_no_family_is_none():
    with pytest.raises(ModelError, match="a filter is a Bessel"):
        Filter(kind="gaussian", corner="1 kHz")
