"""The figure of a protocol shows the commands as they are."""

import numpy as np

from loligo.plot import draw_protocol
from loligo.protocol import Protocol, standard


def lines(figure):
    return [line.get_xydata() for line in figure.axes[0].get_lines()]


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts if text.get_text()]


def test_a_family_is_drawn_edge_by_edge():
    figure = draw_protocol(standard.activation("-20..20 mV by 20 mV"))
    drawn = lines(figure)
    assert len(drawn) == 3
    first = [(0, -80), (50, -80), (50, -20), (550, -20), (550, -40), (750, -40), (750, -80)]
    assert [tuple(point) for point in drawn[0][:7]] == first[:7]
    assert texts(figure) == ["baseline", "test", "tail"]
    axes = figure.axes[0]
    assert axes.get_ylabel() == "command potential [mV]"
    assert axes.get_xlabel() == "time after sweep start [ms]"
    assert axes.get_title(loc="left") == "activation, 3 sweeps"


def test_oscillations_are_drawn_through_their_crests():
    figure = draw_protocol(Protocol("s", ["sine 20 pA at 5 Hz for 1 s"], holding="0 pA"))
    values = lines(figure)[0][:, 1]
    assert np.isclose([values.min(), values.max()], [-20, 20], atol=0.01).all()
    assert figure.axes[0].get_ylabel() == "injected current [pA]"


def test_long_protocols_are_in_seconds():
    figure = draw_protocol(standard.zap())
    assert figure.axes[0].get_xlabel() == "time after sweep start [s]"
    assert lines(figure)[0][-1, 0] == 22.0


def test_shocks_leak_copies_and_many_sweeps():
    figure = draw_protocol(standard.paired_shocks("2, 4 ms"))
    assert len(figure.axes[0].texts) - len(texts(figure)) == 4  # arrows
    assert figure.axes[0].get_ylabel() == "injected current [uA/cm2]"
    leak = standard.pn_leak(standard.current_voltage("0..20 mV by 10 mV"), 4)
    figure = draw_protocol(leak)
    assert len(lines(figure)) == 15
    assert figure.axes[0].get_title(loc="left") == "current-voltage relation, 3 sweeps, leak P/-4"
    figure = draw_protocol(standard.test_pulse(sweeps=100), most=10)
    assert figure.axes[0].get_title(loc="left") == "test pulse, 10 of 100 sweeps drawn"
    assert len(lines(figure)) == 10


def test_no_command_has_no_level_to_name():
    figure = draw_protocol(Protocol("", ["hold for 1 s"]))
    assert figure.axes[0].get_ylabel() == ""
    assert figure.axes[0].get_title(loc="left") == "1 sweep"
