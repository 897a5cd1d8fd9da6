"""The text and HTML reprs: what they tell, and that they are escaped."""

from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser

import numpy as np

from loligo import from_arrays
from loligo.recording import Epoch, EpochKind, Tag, Truth


def recording(**changed):
    step = Epoch("A", EpochKind.STEP, 10.0, 60.0, "command", -10.0)
    made = from_arrays(
        np.zeros((3, 100)),
        unit="pA",
        sampling_rate="1 kHz",
        command=np.zeros((3, 100)),
        command_unit="mV",
        epochs=[[replace(step, level=level)] for level in (-10.0, 0.0, 10.0)],
    )
    return replace(made, **changed)


def test_the_text_tells_at_a_glance():
    text = repr(recording(start_time=datetime(2021, 5, 6, 7, 8, 9)))
    for part in (
        "arrays",
        "2021-05-06 07:08:09",
        "3 sweeps of 100 ms at 1 kHz, 300 ms in all; voltage clamp",
        "response  response  pA",
        "command   command   mV",
        "A  step  -10 mV .. 10 mV  10 ms  50 ms  command",
        "capacitance fast",
    ):
        assert part in text


def test_no_line_is_too_long_to_read():
    lines = repr(recording()).splitlines()
    assert max(len(line) for line in lines) <= 110
    unknown = " ".join(line.strip() for line in lines[lines.index("unknown") + 1 :])
    assert unknown.startswith("amplifier of response  capacitance fast, capacitance slow, ")
    assert unknown.endswith("series resistance prediction, series resistance bandwidth")


def test_simulated_and_partial_are_marked():
    text = repr(recording(truth=Truth({}), problems=("cut short",)))
    assert "SIMULATED  PARTIAL" in text
    assert "cut short" in text


class Collector(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text.append(data)


def test_the_html_is_escaped():
    evil = "<script>alert('x')</script> & \"co\""
    made = recording(tags=(Tag(0.0, evil),), problems=(evil,))
    channels = tuple(replace(channel, evidence=evil) for channel in made.channels)
    provenance = replace(made.provenance, source=evil)
    page = Collector()
    page.feed(replace(made, channels=channels, provenance=provenance)._repr_html_())
    assert "script" not in page.tags
    assert {"table", "td", "h3"} <= set(page.tags)
    assert sum(evil in text for text in page.text) >= 4


def test_no_sweeps():
    assert "no sweeps" in repr(recording(sweeps=()))


def test_many_epochs_are_cut_short():
    epochs = tuple(
        Epoch(f"E{i}", EpochKind.STEP, float(i), i + 1.0, "command", 0.0) for i in range(20)
    )
    made = recording()
    text = repr(replace(made, sweeps=(replace(made.sweeps[0], epochs=epochs),)))
    assert "... and 8 more" in text


def test_equal_ends_are_said_once():
    step = Epoch("A", EpochKind.STEP, 10.0, 60.0, "command", -10.0)
    made = from_arrays(
        np.zeros((2, 100)),
        unit="pA",
        sampling_rate="1 kHz",
        command=np.zeros((2, 100)),
        command_unit="mV",
        epochs=[[replace(step, level=level)] for level in (-70.0001, -70.0)],
    )
    assert "step  -70 mV  10 ms" in repr(made)


def test_many_tags_do_not_fill_the_screen():
    made = recording(tags=tuple(Tag(float(i), f"tag {i}") for i in range(500)))
    assert len(repr(made).splitlines()) < 30
    assert "... and 488 more" in repr(made)
    assert made._repr_html_().count("<tr>") < 60
    assert "... and 460 more" in made._repr_html_()


def test_the_html_tells_the_protocol():
    made = recording()
    made = replace(made, provenance=replace(made.provenance, protocol="IV <dual>"))
    assert "IV &lt;dual&gt;" in made._repr_html_()
