"""Protocols: what they play, sweep by sweep, and what they refuse."""

import json

import numpy as np
import pytest

from loligo.errors import LoligoError, ModelError, SelectionError
from loligo.protocol import (
    VERBS,
    Hold,
    LeakPulses,
    Linear,
    Protocol,
    Pulses,
    Ramp,
    Segment,
    Shock,
    Sine,
    Step,
    Tone,
    Wave,
    above_holding,
    json_schema,
    parse_epoch,
    waveform,
)

TAILS = [
    "hold for 100 ms as baseline",
    "step -60..60 mV by 10 mV for 500 ms as test",
    "step -40 mV for 400 ms as tail",
    "hold for 100 ms",
]


def tails(**changes):
    return Protocol("K tails", TAILS, **{"holding": "-80 mV", "sweep_interval": "5 s", **changes})


def voltage(*epochs, **more):
    return Protocol("test", list(epochs), **{"holding": "-80 mV", **more})


def current(*epochs, **more):
    return Protocol("test", list(epochs), **{"holding": "0 pA", **more})


def spans(protocol, sweep=0):
    return [(s.start, s.stop, s.offset) for s in protocol.segments(sweep)]


def test_objects_and_sentences_are_one():
    written = Protocol(
        "K tails",
        [
            Hold("100 ms", "baseline"),
            Step("-60..60 mV by 10 mV", "0.5 s", "test"),
            Step("-40 mV", "400 ms", "tail"),
            Hold("100 ms"),
        ],
        holding="-80 mV",
        sweep_interval="5 s",
    )
    assert written == tails()
    assert hash(written) == hash(tails())
    assert written != tails(holding="-70 mV")


def test_a_family_of_steps():
    protocol = tails()
    assert protocol.n_sweeps == 13
    assert protocol.dimension == "voltage"
    assert protocol.duration(12) == 1100.0
    assert protocol.segments(3) == (
        Segment(0.0, 100.0, -80.0, 0.0, None, 0.0, "baseline"),
        Segment(100.0, 600.0, -30.0, 0.0, None, 0.0, "test"),
        Segment(600.0, 1000.0, -40.0, 0.0, None, 0.0, "tail"),
        Segment(1000.0, 1100.0, -80.0, 0.0, None, 0.0, ""),
    )
    at = protocol.command(0, [-1, 0, 99.999, 100, 599.9, 600, 1000, 1100, 2000])
    assert at.tolist() == [-80, -80, -80, -60, -60, -40, -80, -80, -80]
    assert [(w.label, w.start, w.stop, w.first, w.last) for w in protocol.epochs_of(12)] == [
        ("baseline", 0, 100, -80, -80),
        ("test", 100, 600, 60, 60),
        ("tail", 600, 1000, -40, -40),
        ("", 1000, 1100, -80, -80),
    ]


def test_an_edge_is_the_sample_that_begins_it_whatever_its_rounding():
    protocol = voltage("hold for 0.3 ms", "step 0 mV for 0.4 ms")
    times = np.arange(7) * 0.1  # 0.30000000000000004 among them
    assert protocol.command(0, times).tolist() == [-80] * 3 + [0] * 4
    assert protocol.command(0, [0.1 + 0.2, 0.3, 0.3 - 1e-12]).tolist() == [0, 0, 0]


def test_edges_do_not_drift():
    protocol = voltage(*["hold for 0.1 ms"] * 10)
    assert [s.stop for s in protocol.segments(0)][-1] == 1.0


def test_ramps():
    protocol = voltage(
        "hold for 10 ms", "ramp from -100 mV to 20 mV for 40 ms as up", "ramp to -80 mV for 20 ms"
    )
    up, down = protocol.segments(0)[1:]
    assert (up.offset, up.scale, up.shape) == (-100.0, 3.0, Linear())
    assert (down.offset, down.scale) == (20.0, -5.0)
    assert up.shape == down.shape
    assert protocol.command(0, [10, 30, 50, 60]).tolist() == [-100, -40, 20, -30]
    assert protocol.epochs_of(0)[1].last == 20.0


def test_a_ramp_goes_on_from_where_the_command_was():
    protocol = voltage("step -20 mV for 10 ms", "ramp to 20 mV for 10 ms")
    assert protocol.segments(0)[1].offset == -20.0
    after = voltage("sine 10 mV at 25 Hz for 10 ms", "ramp to 20 mV for 10 ms")
    assert after.segments(0)[1].offset == pytest.approx(-70.0)  # a quarter turn: at the crest


def test_trains_of_pulses():
    protocol = current("pulses 50 pA of 2 ms every 5 ms for 13 ms as train", "hold for 2 ms")
    assert spans(protocol) == [
        (0, 2, 50),
        (2, 5, 0),
        (5, 7, 50),
        (7, 10, 0),
        (10, 12, 50),
        (12, 13, 0),
        (13, 15, 0),
    ]
    assert {s.label for s in protocol.segments(0)[:6]} == {"train"}
    cut = current("pulses 50 pA of 2 ms every 5 ms for 11.9 ms", "hold for 2 ms")
    assert spans(cut)[2:4] == [(5, 7, 50), (7, 11.9, 0)]
    full = current("pulses 50 pA of 5 ms every 5 ms for 10 ms")
    assert spans(full) == [(0, 5, 50), (5, 10, 50)]
    last = current("pulses 50 pA of 2 ms every 5 ms for 7 ms from -10 pA")
    assert spans(last) == [(0, 2, 50), (2, 5, -10), (5, 7, 50)]


def test_biphasic_pulses_leave_no_charge():
    protocol = current("pulses 50 pA of 2 ms every 5 ms for 10 ms from 10 pA biphasic")
    assert spans(protocol)[:3] == [(0, 1, 50), (1, 2, -30), (2, 5, 10)]
    total = sum((stop - start) * (level - 10) for start, stop, level in spans(protocol))
    assert total == 0


def test_sine_and_sum_of_sines():
    protocol = current("sine 20 pA at 5 Hz and 10 pA at 15 Hz phase 0.25 for 400 ms about 3 pA")
    times = np.linspace(0, 399, 57)
    turn = 2 * np.pi * times / 1000
    expected = 3 + 20 * np.sin(5 * turn) + 10 * np.cos(15 * turn)
    assert protocol.command(0, times) == pytest.approx(expected, abs=1e-12)
    made = Sine("20 pA", "5 Hz", "400 ms", about="3 pA", also=[Tone("10 pA", "15 Hz", 0.25)])
    assert protocol.epochs[0] == made
    silent = current("sine 0 pA at 5 Hz and 10 pA at 15 Hz for 400 ms")
    assert silent.command(0, times) == pytest.approx(10 * np.sin(15 * turn), abs=1e-12)
    none = current("sine 0 pA at 5 Hz for 400 ms")
    assert none.command(0, times).tolist() == [0.0] * 57


def test_a_tone_next_to_nothing_beside_another():
    """2.2e-309 has no reciprocal."""
    tones = "sine 2.2e-309 mV at 1000 Hz and 1 mV at 500 Hz for 1 ms"
    made = Protocol("p", [tones], holding="0 mV")
    assert made.command(0, [0.25, 0.5]) == pytest.approx([2**-0.5, 1.0])


def test_zap():
    protocol = current("zap 20 pA from 1 Hz to 11 Hz for 1 s about 5 pA above holding as zap")
    t = np.linspace(0, 0.999, 101)
    expected = 5 + 20 * np.sin(2 * np.pi * (t + 5 * t**2))
    assert protocol.command(0, 1000 * t) == pytest.approx(expected, abs=1e-11)


def test_waves():
    held = current("wave 1, 2, 3 pA every 0.5 ms times -2 as ap", "hold for 1 ms")
    assert held.duration(0) == 2.5
    assert held.command(0, [0, 0.4, 0.5, 1.49, 1.5]).tolist() == [-2, -2, -4, -6, 0]
    joined = current("wave 0, 4, 2 pA every 1 ms joined")
    assert joined.duration(0) == 2.0
    assert joined.command(0, [0, 0.5, 1, 1.5]).tolist() == [0, 2, 4, 3]
    many = current(Wave(waveform([[1.0, 2.0], [3.0, 4.0]], "pA"), "1 ms"))
    assert [many.command(s, [0, 1]).tolist() for s in range(many.n_sweeps)] == [[1, 2], [3, 4]]
    above = current(Wave(waveform([1, 2], "pA", above_holding=True), "1 ms"), holding="10 pA")
    assert above.command(0, [0, 1]).tolist() == [11, 12]


def test_shocks_come_before_the_stretch_that_follows():
    protocol = Protocol(
        "shocks",
        [
            "hold for 5 ms",
            "shock 15 nC/cm2 as first",
            "shock 5 nC/cm2",
            "hold for 2, 4 ms",
            "shock -90 nC/cm2 as second",
            "hold for 10 ms",
        ],
        holding="0 uA/cm2",
    )
    assert protocol.dimension == "current_density"
    assert [(s.start, s.charge) for s in protocol.segments(1)] == [(0, 0), (5, 20), (9, -90)]
    windows = protocol.epochs_of(1)
    assert [(w.start, w.stop) for w in windows if w.epoch.verb == "shock"] == [
        (5, 5),
        (5, 5),
        (9, 9),
    ]
    assert current("shock 3 pC", "hold for 1 ms").segments(0)[0].charge == 3000.0


def test_a_shock_passes_over_what_a_sweep_leaves_out():
    protocol = current("shock 3 fC", "step 5 pA for 0, 2 ms", "hold for 3 ms")
    assert [(s.offset, s.charge) for s in protocol.segments(0)] == [(0, 3)]
    assert [(s.offset, s.charge) for s in protocol.segments(1)] == [(5, 3), (0, 0)]


def test_durations_vary_too_and_zero_leaves_out():
    protocol = voltage(
        "step 0 mV for 10 ms as first", "hold for 0, 1, 10 ms as gap", "step 0 mV for 5 ms"
    )
    assert [protocol.duration(s) for s in range(3)] == [15, 16, 25]
    assert [w.label for w in protocol.epochs_of(0)] == ["first", ""]
    assert len(protocol.segments(0)) == 2  # kept apart, though the level is one


def test_levels_above_holding():
    protocol = current("step 5..15 pA by 5 pA above holding for 1 ms", holding="10, 20, 30 pA")
    assert [protocol.command(s, 0.0).item() for s in range(3)] == [15, 30, 45]
    assert voltage(Step(above_holding("-10 mV"), "1 ms")).command(0, 0.0) == -90


def test_sweeps_that_differ_in_level_share_a_shape():
    epochs = (
        "zap 10, 20 pA from 1 Hz to 20 Hz for 100 ms",
        "noise 1, 2 pA correlated 3 ms for 50 ms seed 1 every 0.1 ms",
        "wave 1, 2 pA every 1 ms times 1, 2",
        "sine 3, 4 pA at 2 Hz for 10 ms",
        "ramp from 0 pA to 4, 5 pA for 10 ms",
    )
    protocol = current(*epochs)
    for first, second in zip(protocol.segments(0), protocol.segments(1), strict=True):
        assert first != second
        assert first.shape == second.shape
        assert hash(first.shape) == hash(second.shape)


def test_leak_pulses():
    protocol = tails(leak="P/-4 from -100 mV")
    assert protocol.leak == LeakPulses(4, inverted=True, level="-100 mV")
    assert protocol.n_sweeps == 65
    assert [protocol.is_leak(s) for s in range(6)] == [True] * 4 + [False, True]
    assert [protocol.main_sweep(s) for s in (0, 4, 5, 64)] == [0, 0, 1, 12]
    assert spans(protocol, 0) == [
        (0, 100, -100),
        (100, 600, -105),  # (-60 + 80) / -4
        (600, 1000, -110),
        (1000, 1100, -100),
    ]
    assert (protocol.rest(0), protocol.rest(4)) == (-100, -80)
    assert spans(protocol, 4) == spans(tails(), 0)
    assert str(LeakPulses(2)) == "P/2"
    shocked = current("shock 8 fC", "hold for 1 ms", leak="P/4")
    assert [shocked.segments(s)[0].charge for s in (0, 4)] == [2, 8]


def test_sweeps_without_change_are_counted():
    protocol = voltage("step -90 mV for 10 ms", sweeps=20)
    assert protocol.n_sweeps == 20
    assert "sweeps = 20" in protocol.to_toml()
    assert "sweeps" not in tails().to_toml()
    assert tails(sweeps=13) == tails()
    assert tails().replace(epochs=TAILS[:1]).n_sweeps == 1
    assert protocol.replace(name="other").n_sweeps == 20


def test_no_command():
    protocol = Protocol("rest", ["hold for 1 s as baseline"])
    assert protocol.dimension == "none"
    assert protocol.segments(0) == (Segment(0.0, 1000.0, 0.0, 0.0, None, 0.0, "baseline"),)
    assert "no command (I=0)" in str(protocol)
    assert Protocol.from_toml(protocol.to_toml()) == protocol


@pytest.mark.parametrize(
    ("holding", "dimension"),
    [
        ("-80 mV", "voltage"),
        ("0 pA", "current"),
        ("0 uA/cm2", "current_density"),
        ("0 nS", "conductance"),
    ],
)
def test_the_unit_decides_the_clamp(holding, dimension):
    assert Protocol("x", ["hold for 1 ms"], holding=holding).dimension == dimension


@pytest.mark.parametrize(
    ("epochs", "told"),
    [
        ([], "at least one epoch"),
        (["stp 3 mV for 3 ms"], "epoch 1: .*no verb 'stp'; did you mean 'step'"),
        (["step 3 for 3 ms"], "decides the clamp"),
        (["step 3 mv for 3 ms"], "did you mean mV"),
        (["step 3 mV fo 3 ms"], "'fo' has no meaning here; did you mean 'for'"),
        (["step 3 mV for"], "duration"),
        (["step 3 mV"], "needs its duration .after 'for'"),
        (["step for 3 ms"], "needs its level"),
        (["step 3 mV for 3 ms for 4 ms"], "duration is given twice"),
        (["hold 3 ms"], "takes no value"),
        (["pulses 3 mV of 1 ms every 4 ms for 9 ms biphasic 3"], "stands alone"),
        (["step 3 mV for 3 ms as"], "label after 'as' is missing"),
        (["hold for -3 ms"], "must not be negative"),
        (["hold for 0 ms"], "longer than 0"),
        (["hold for 3 mV"], "a time is needed"),
        (["hold for 3"], "has no unit"),
        (["hold for 1 ms", "step 3 pA for 3 ms"], "epoch 2, .*current, holding = -80 mV voltage"),
        (["sine 3 pA at 5 Hz for 3 ms"], "amplitude of epoch 1"),
        (["wave 1, 2 pA every 1 ms"], "waveform of epoch 1"),
        (["shock 3 fC", "hold for 3 ms"], "charge of epoch 1"),
        (["step 1, 2 mV for 1, 2, 3 ms"], "2 in level of epoch 1 .step., 3 in duration"),
        (["hold for 3 ms as a", "hold for 3 ms as a"], "'a' labels 2 epochs"),
        (["pulses 3 mV of 5 ms every 4 ms for 9 ms"], "overlap in sweep 0"),
        (["pulses 3 mV of 5 ms every 6 ms for 4 ms"], "does not fit"),
        (["pulses 3 mV of 0 ms every 6 ms for 4 ms"], "above 0"),
        (["sine 3 mV above holding at 5 Hz for 3 ms"], "leave 'above holding' out"),
        (["sine 3 mV for 3 ms"], "frequency .after 'at'"),
        (["sine 3 mV at 5 Hz at 6 Hz for 3 ms"], "frequency is given twice"),
        (["sine at 5 Hz for 3 ms"], "amplitude"),
        (["zap 3 mV from 0 Hz to 5 Hz for 3 ms"], "above 0"),
        (["noise 3 mV for 9 ms seed 1 every 1 ms"], "give one"),
        (["noise 3 mV correlated 1 ms for 9 ms seed 1 every 1 ms"], "half its correlation time"),
        (["noise 3 mV below 900 Hz for 9 ms seed 1 every 1 ms"], "closer than half"),
        (["noise 3 mV below 1 Hz for 9 ms seed 1 every 1 ms"], "duration of its period"),
        (["noise 3 mV correlated 9 ms for 9 ms seed 1.5 every 1 ms"], "whole numbers"),
        (["noise 3 mV correlated 9 ms for 9 ms every 1 ms"], "needs its seed"),
        (["wave 1 mV every 1 ms joined"], "two or more"),
        ([{"verb": "step", "levl": "3 mV"}], "no 'levl'; did you mean 'level'"),
        ([{"level": "3 mV"}], "no verb"),
        ([3], "a sentence or a table"),
        ("hold for 3 ms", "give a list"),
        (3, "give a list"),
        ([Step("3 mV", "3 ms", "a"), ""], "epoch 2: .*no verb ''"),
    ],
)
def test_what_is_refused(epochs, told):
    with pytest.raises(ModelError, match=told):
        Protocol("x", epochs, holding="-80 mV")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"holding": None}, "needs a holding level: give holding = '0 mV'"),
        ({"holding": "-80"}, "no unit"),
        ({"holding": "-80 mV above holding"}, "counted from itself"),
        ({"holding": "-80, -70 mV"}, "2 in holding, 13 in level of epoch 2"),
        ({"sweeps": 12}, "12 in sweeps"),
        ({"sweeps": 0}, "0 in sweeps|0 sweeps"),
        ({"sweeps": "many"}, "sweeps = 'many'"),
        ({"sweep_interval": "1 s"}, "shorter than sweep 0, which lasts 1100 ms"),
        ({"sweep_interval": "5, 6 s"}, "one value"),
        ({"leak": "P4"}, "write 'P/4'"),
        ({"leak": "P/0"}, "at least 1"),
        ({"leak": "P/4 from 3 pA"}, "leak = P/4 from 3 pA"),
        ({"source": 3}, "source = 3"),
        ({"sweeps": "2"}, "sweeps = '2'"),
    ],
)
def test_what_is_refused_of_the_whole(changes, told):
    with pytest.raises(ModelError, match=told):
        tails(**changes)


def test_more_that_is_refused():
    with pytest.raises(ModelError, match="comes at the end of sweep 0"):
        current("hold for 1 ms", "shock 3 fC")
    with pytest.raises(ModelError, match="sweep 1 lasts 0 ms"):
        current("step 3 pA for 1, 0 ms")
    with pytest.raises(ModelError, match="no leak"):
        Protocol("x", ["hold for 1 ms"], leak="P/4")
    with pytest.raises(ModelError, match="single spaces"):
        Hold("1 ms", " a")
    with pytest.raises(ModelError, match="allowed are 1 to"):
        voltage("hold for 1 ms", sweeps=10**9)
    with pytest.raises(SelectionError, match="no sweep 13; there are 13"):
        tails().segments(13)
    with pytest.raises(SelectionError):
        tails().is_leak(-1)


def test_values_are_frozen():
    with pytest.raises(ValueError, match="frozen"):
        tails().name = "other"
    with pytest.raises(ValueError, match="frozen"):
        Hold("1 ms").label = "other"


def test_every_verb_reads_as_it_is_said():
    said = {
        "hold": "hold for 100 ms as a",
        "step": "step 20 pA above holding for 100 ms",
        "ramp": "ramp from -80 mV to 40 mV for 1 s",
        "pulses": "pulses 40 mV of 2 ms every 20 ms for 100 ms from -60 mV biphasic",
        "sine": "sine 20 pA at 5 Hz phase 0.25 and 10 pA at 7 Hz for 2 s about -70 pA",
        "zap": "zap 20 pA from 0.5 Hz to 40 Hz for 10 s about 5 pA exponential as zap",
        "noise": "noise 20 pA below 500 Hz for 2 s seed 1 every 0.1 ms",
        "wave": "wave 0, 1, 0.5 nS every 0.1 ms times 0..2 by 0.5 joined as g",
        "shock": "shock 10 nC/cm2 as first of two",
    }
    assert set(said) == set(VERBS)
    for verb, sentence in said.items():
        assert str(parse_epoch(sentence)) == sentence
        assert parse_epoch(sentence).verb == verb


def test_toml():
    text = tails(source="a paper").to_toml()
    assert text.splitlines()[:5] == [
        'kind = "protocol"',
        'name = "K tails"',
        'source = "a paper"',
        'holding = "-80 mV"',
        'sweep_interval = "5 s"',
    ]
    assert '    "step -60..60 mV by 10 mV for 500 ms as test",' in text.splitlines()


def test_epochs_may_be_tables():
    text = 'kind = "protocol"\nholding = "0 pA"\n[[epochs]]\nverb = "step"\nlevel = "5 pA"\n'
    protocol = Protocol.from_toml(text + 'duration = "1 ms"\n')
    assert protocol.epochs == (Step("5 pA", "1 ms"),)
    nested = json.loads(
        current(Sine("1 pA", "5 Hz", "1 ms", also=[Tone("2 pA", "6 Hz")])).to_json()
    )
    assert nested["epochs"][0]["also"] == [{"amplitude": "2 pA", "frequency": "6 Hz"}]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind = ", "not TOML"),
        ("", "kind = None; a protocol begins with"),
        ('kind = "cell"', "kind = 'cell'"),
        ('kind = "protocol"\nhodling = "0 mV"\nepochs = []', "did you mean 'holding'"),
        ('kind = "protocol"\nepochs = 3', "give a list"),
        ('kind = "protocol"', "at least one epoch"),
    ],
)
def test_toml_that_is_refused(text, told):
    with pytest.raises(ModelError, match=told):
        Protocol.from_toml(text)


def test_json_that_is_refused():
    for text, told in (("{", "not JSON"), ("[]", "table of fields; got a list")):
        with pytest.raises(ModelError, match=told):
            Protocol.from_json(text)


def test_files(tmp_path):
    for suffix, text in (("toml", tails().to_toml()), ("json", tails().to_json())):
        path = tmp_path / f"p.{suffix}"
        path.write_text(text, encoding="utf-8")
        assert Protocol.read(path) == tails()
        path.write_text("{", encoding="utf-8")
        with pytest.raises(ModelError, match=f"p.{suffix}: this is not"):
            Protocol.read(path)
    (tmp_path / "p.toml").write_bytes(b"\xff\xfe")
    for name, told in (
        ("p.toml", "cannot be read"),
        ("n.toml", "cannot be read"),
        ("p.txt", "end"),
    ):
        with pytest.raises(ModelError, match=told):
            Protocol.read(tmp_path / name)


def _resolve(schema, entry):
    return schema["$defs"][entry["$ref"].rsplit("/", 1)[-1]] if "$ref" in entry else entry


def test_schema_names_every_verb_and_field():
    schema = json_schema()
    assert schema["required"] == ["kind", "epochs"]
    sentence, tables = schema["properties"]["epochs"]["items"]["anyOf"]
    assert sentence["type"] == "string"
    kinds = [_resolve(schema, entry) for entry in tables["oneOf"]]
    by_verb = {kind["properties"]["verb"]["const"]: kind for kind in kinds}
    assert set(by_verb) == set(VERBS)
    for verb, kind in by_verb.items():
        assert set(kind["properties"]) == set(VERBS[verb].model_fields)
        assert kind["additionalProperties"] is False
        assert "\n" not in kind["description"]
    assert by_verb["wave"]["properties"]["factor"]["default"] == "1"
    json.dumps(schema)


def test_text_and_html():
    lines = str(tails(source="paper <1>")).splitlines()
    assert lines == [
        "Protocol  K tails",
        "  voltage clamp, holding -80 mV, 13 sweeps of 1100 ms, every 5 s",
        "  paper <1>",
        "  label     epoch                     start    duration",
        "  baseline  hold                      0 ms     100 ms",
        "  test      step -60..60 mV by 10 mV  100 ms   500 ms",
        "  tail      step -40 mV               600 ms   400 ms",
        "            hold                      1000 ms  100 ms",
    ]
    assert repr(tails()) == str(tails())
    page = tails(source="paper <1>")._repr_html_()
    assert "paper &lt;1&gt;" in page
    assert "<td>step -40 mV</td><td>600 ms</td>" in page
    long = str(current(Wave(waveform(np.arange(999), "pA"), "1 ms")))
    assert " ..." in long
    assert max(map(len, long.splitlines())) < 110
    assert "leak P/4 before each of 13" in str(tails(leak="P/4"))
    assert repr(Pulses("1 nA", "2 ms", "5 ms", "9 ms")).startswith("parse_epoch('pulses 1000 pA")


def test_errors_are_our_own_and_values():
    with pytest.raises(LoligoError) as caught:
        Ramp("3 mV", "1 ms", start="x")
    assert isinstance(caught.value, ValueError)
    with pytest.raises(ModelError, match="charge"):
        Shock("3 mV")
