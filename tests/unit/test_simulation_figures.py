"""The figure of a simulation shows what was recorded, run by run."""

import numpy as np
import pytest
from cables import active, neuron

from loligo.cell import catalogue
from loligo.cell.morphology import cable
from loligo.engine import simulate
from loligo.errors import SelectionError
from loligo.plot import draw_simulation
from loligo.protocol import Protocol

AXON = catalogue.load("hodgkin_huxley1952")
SHOCK = Protocol(
    "shock", ["hold for 1 ms", "shock 15 nC/cm2", "hold for 4 ms as after"], holding="0 uA/cm2"
)
FAMILY = Protocol(
    "steps", ["step 0..20 uA/cm2 by 5 uA/cm2 for 5, 5, 5, 4, 6 ms"], holding="0 uA/cm2"
)


def run(protocol, **options):
    return simulate(AXON, protocol, target="twin", **{"spikes": True, **options})


@pytest.fixture(scope="module")
def shocked():
    return run(SHOCK, record=("v", "na.m", "i.na", "k.n", "i.k", "i.leak"))


@pytest.fixture(scope="module")
def family():
    return run(FAMILY)


@pytest.fixture(scope="module")
def population():
    scale = np.linspace(0.5, 1.5, 30)
    return run(FAMILY, parameters={"command.scale": scale})


def labels(figure):
    return [axes.get_ylabel() for axes in figure.axes]


def title(figure):
    return figure.axes[0].get_title(loc="left")


def drawn(axes):
    """Lines of more than two points: not those at zero."""
    return [line for line in axes.get_lines() if len(line.get_xdata()) > 2]


def test_a_single_run_has_gates_together_and_currents_together(shocked):
    figure = draw_simulation(shocked)
    assert labels(figure) == [
        "membrane potential [mV]",
        "gates",
        "currents [pA]",
        "spikes",
        "injected\ncurrent\n[uA/cm2]",
    ]
    potential, gates, currents, _, command = figure.axes
    assert title(figure) == "squid giant axon, space clamped, simulated"
    assert np.array_equal(drawn(potential)[0].get_ydata(), shocked["v"][0, 0])
    assert drawn(potential)[0].get_xdata() == pytest.approx(shocked.times)
    assert [line.get_label() for line in drawn(gates)] == ["na.m", "k.n"]
    assert [line.get_label() for line in drawn(currents)] == ["na", "k", "leak"]
    assert [text.get_text() for text in command.texts if text.get_text()] == ["after"]
    assert figure.axes[-1].get_xlabel() == "time after sweep start [ms]"


def test_each_spike_has_its_tick(shocked):
    ticks = draw_simulation(shocked).axes[3].collections[0].get_segments()
    assert shocked.spike_times().size == 1
    assert [segment[0][0] for segment in ticks] == list(shocked.spike_times())


def test_sweeps_are_coloured_and_end_where_they_end(family):
    figure = draw_simulation(family)
    assert title(figure).endswith("simulated, 5 sweeps")
    lines = drawn(figure.axes[0])
    assert len({line.get_color() for line in lines}) == 5
    assert [line.get_xdata()[-1] for line in lines] == pytest.approx([4.9, 4.9, 4.9, 3.9, 5.9])
    assert all(np.isfinite(line.get_ydata()).all() for line in lines)
    assert labels(figure)[1] == "spikes\nof sweep"
    assert len(figure.axes[1].collections) == 5
    levels = [line.get_ydata()[0] for line in figure.axes[2].get_lines()]
    assert levels == [0.0, 5.0, 10.0, 15.0, 20.0]
    assert labels(figure)[-1] == "sweep"  # the colour bar


def test_it_says_how_many_of_how_many(family):
    figure = draw_simulation(family, most=3)
    assert title(figure).endswith("3 of 5 sweeps drawn")
    assert len(drawn(figure.axes[0])) == 3
    one = draw_simulation(family, sweep=2)
    assert title(one).endswith("sweep 2 of 5")
    assert np.array_equal(drawn(one.axes[0])[0].get_ydata(), family["v"][0, 2, :50])


def test_many_cells_are_a_few_and_a_summary(population):
    figure = draw_simulation(population, sweep=4, most=6)
    assert title(figure).endswith(
        "6 of 30 cells drawn, their median and central 90 %, sweep 4 of 5"
    )
    median, *lines = drawn(figure.axes[0])
    assert len(lines) == 6
    values = population["v"][:, 4]
    assert median.get_ydata() == pytest.approx(np.median(values, axis=0))
    assert np.array_equal(lines[-1].get_ydata(), values[-1])
    band = figure.axes[0].collections[0].get_paths()[0].vertices[:, 1]
    assert band.min() == pytest.approx(np.percentile(values, 5, axis=0).min())
    assert band.max() == pytest.approx(np.percentile(values, 95, axis=0).max())
    assert len(figure.axes[1].collections) == 30  # rows of spikes
    assert len(figure.axes[2].get_lines()) == 1  # the command


def test_one_of_many_cells(population):
    figure = draw_simulation(population, cell=29)
    assert title(figure).endswith("cell 29 of 30, 5 sweeps")
    assert np.array_equal(drawn(figure.axes[0])[4].get_ydata(), population["v"][29, 4])


def test_spikes_alone_can_be_drawn():
    figure = draw_simulation(run(FAMILY, record=()))
    assert labels(figure)[:2] == ["spikes\nof sweep", "injected\ncurrent\n[uA/cm2]"]
    assert title(figure).endswith("5 sweeps")


def test_long_and_silent_simulations():
    silence = Protocol("", ["hold for 11 s"])
    figure = draw_simulation(run(silence, dt="0.5 ms", sampling="1 ms", spikes=False))
    assert labels(figure) == ["membrane potential [mV]"]
    assert figure.axes[0].get_xlabel() == "time after sweep start [s]"
    assert figure.axes[0].get_xlim() == (0.0, 11.0)


def test_names_of_other_quantities():
    cell = catalogue.load("pospischil2008_lts")
    pulse = Protocol("", ["step 10 mV for 1 ms"], holding="-80 mV")
    record = ("ca", "i.clamp", "channel.ca_t.reversal")
    figure = draw_simulation(simulate(cell, pulse, record=record, target="twin"))
    assert labels(figure)[:2] == ["ca [mM]", "clamp current [pA]"]


def test_what_is_not_there_is_refused(family):
    with pytest.raises(SelectionError, match=r"'na\.m' was recorded"):
        draw_simulation(family, ["na.m"])
    with pytest.raises(SelectionError, match="no sweep 5; there are 5"):
        draw_simulation(family, sweep=5)
    with pytest.raises(SelectionError, match="no cell -1; there are 1"):
        draw_simulation(family, cell=-1)
    bare = run(FAMILY, record=(), spikes=False)
    with pytest.raises(SelectionError, match="spikes=True"):
        draw_simulation(bare)


def test_a_neuron_is_drawn_by_site():
    cell = neuron(cable("200 um", "2 um"), active(), rest="-65 mV", counts=3)
    step = Protocol("step", ["hold for 5 ms"], holding="100 pA")
    names = ["v at axon(0)", "na.m at axon(1)", "i.axial at axon(0)"]
    figure = draw_simulation(simulate(cell, step, record=names))
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert labels[:3] == ["v at\naxon(0) [mV]", "na.m at\naxon(1)", "axial at\naxon(0) [pA]"]
