"""HEKA bundles: the walk through their trees, mixed modes, and myokit as an extra."""

import os
import struct
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.util import find_spec

import numpy as np
import pytest

from loligo.errors import DamagedFileError, MissingDependencyError, ReadError
from loligo.recording.channel import ClampMode
from loligo.recording.io import heka
from loligo.recording.io.heka_tree import check_bundle
from loligo.recording.io.options import checked_options

PULSED = (528, 120, 480, 56, 304)
STIMULUS = (8, 100, 92, 80)


def tree(sizes, counts, flags=1):
    """A tree whose every node of a level has the same number of children."""
    head = b"eerT" + struct.pack(f"<{len(sizes) + 1}i", len(sizes), *sizes)

    def node(depth):
        record = bytearray(sizes[depth])
        if len(sizes) == 4 and depth == 2:
            record[76:78] = struct.pack("<H", flags)
        children = counts[depth] if depth < len(counts) else 0
        below = node(depth + 1) * children if children else b""
        return bytes(record) + struct.pack("<i", children) + below

    return head + node(0)


def bundle(pulsed=None, stimulus=None, samples=b"\x00" * 64):
    parts = [
        (b".dat", samples),
        (b".pul", tree(PULSED, (1, 1, 1, 1)) if pulsed is None else pulsed),
        (b".pgf", tree(STIMULUS, (1, 1, 1)) if stimulus is None else stimulus),
    ]
    header = bytearray(256)
    header[:8], header[8:16], header[52] = b"DAT2\x00\x00\x00\x00", b"v2x90.2,", 1
    place, body = 256, b""
    for i, (name, data) in enumerate(parts):
        struct.pack_into("<ii8s", header, 64 + 16 * i, place, len(data), name)
        place, body = place + len(data), body + data
    return bytes(header) + body


def test_a_whole_bundle_passes_and_says_whether_a_template_was_played(tmp_path):
    assert check_bundle(tmp_path, bundle()) is False
    assert check_bundle(tmp_path, bundle(stimulus=tree(STIMULUS, (1, 1, 1), flags=0b101))) is True


@pytest.mark.parametrize(
    ("data", "error", "told"),
    [
        (b"DAT1" + bundle()[4:], ReadError, "not a PatchMaster bundle"),
        (bundle()[:200], DamagedFileError, "ends after 200 bytes"),
        (bundle()[:52] + b"\x00" + bundle()[53:], ReadError, "big-endian"),
        (bundle()[:-40], DamagedFileError, ".pgf should end at byte"),
        (bundle(pulsed=b"xxxx" + tree(PULSED, ())[4:]), DamagedFileError, "not begin as a tree"),
        (bundle(pulsed=tree(PULSED[:3], ())), DamagedFileError, "has 3 levels"),
        (bundle(pulsed=tree((528, 120, 480, 56, 8), ())), DamagedFileError, "has records of"),
        (bundle(pulsed=tree(PULSED, (1, 1))[:-10]), DamagedFileError, "ends inside a record"),
    ],
)
def test_what_does_not_hold_together(tmp_path, data, error, told):
    with pytest.raises(error, match=told):
        check_bundle(tmp_path / "a.dat", data)


@pytest.mark.parametrize("count", [-1, 2**31 - 1])
def test_impossible_counts_end_at_once(tmp_path, count):
    pulsed = tree(PULSED, ())
    with pytest.raises(DamagedFileError):
        check_bundle(tmp_path / "a.dat", bundle(pulsed=pulsed[:-4] + struct.pack("<i", count)))


@dataclass
class FakeTrace:
    """What the reader uses of myokit's trace."""

    name: str
    unit: object
    values: np.ndarray
    place: int
    _dt: float = 1e-4
    _t0: float = 0.0
    _data_scale: float = 1e-12
    _data_interleave_size: int = 0
    _data_interleave_skip: int = 0

    def __post_init__(self):
        self._data_type, self._data_pos, self._n = np.int16, self.place, len(self.values)

    def label(self):
        return self.name

    def value_unit(self):
        return self.unit

    def r_seal(self):
        return 0.0

    r_series = r_pipette = r_seal


@dataclass
class FakeState:
    junction: float = 0.0

    def ljp(self):
        return self.junction

    def c_slow_enabled(self):
        return True

    def c_fast(self):
        return 5.5

    def c_slow(self):
        return 22.0

    def r_series_fraction(self):
        return 0.7

    def current_gain(self):
        return 5.0

    def i_hold(self):
        return -20.0

    v_hold = v_off = r_series_tau = ljp

    def filter1_str(self):
        return "a"

    filter2_str = stimulus_filter_str = filter1_str


@dataclass
class FakeNode(list):
    """A group, series or sweep: children, label and what else is asked of it."""

    children: list
    name: str = ""
    mode: str = "VC"
    state: FakeState | None = field(default_factory=FakeState)
    made: datetime = datetime(2020, 1, 1)
    intended: int = 1

    def __post_init__(self):
        super().__init__(self.children)
        self._intended_sweep_count = self.intended

    def label(self):
        return self.name

    def time(self):
        return self.made

    def amplifier_state(self):
        return self.state

    def stimulus(self):
        return [self]

    def amplifier_mode(self):
        return type("Mode", (), {"name": self.mode})

    def version(self):
        return "v0"


needs_myokit = pytest.mark.skipif(
    find_spec("myokit") is None, reason="myokit is not installed (extra heka)"
)


@pytest.fixture
def read(tmp_path):
    """Read a fake bundle of series; two traces each, one in V, one in A."""
    heka._patchmaster()  # imports myokit without a settings folder in the home
    import myokit

    path = tmp_path / "a.dat"
    samples = np.arange(100, dtype=np.int16)
    path.write_bytes(samples.tobytes())
    units = myokit.units

    def fake(*series, **given):
        made = []
        for k, (mode, state, intended) in enumerate(series):
            traces = [
                FakeTrace("Imon", units.A, samples[:50], 0),
                FakeTrace("Vmon", units.V, samples[50:], 100, _data_scale=1e-3),
            ]
            sweep = FakeNode(traces, made=datetime(2020, 1, 1) + timedelta(seconds=10 * k))
            made.append(FakeNode([sweep], f"series {k}", mode, state, intended=intended))
        root = FakeNode([FakeNode(made, "group")])
        return heka._recording(path, root, checked_options(**given), False)

    return fake


@needs_myokit
def test_series_of_both_modes_stay_apart(read):
    recording = read(("VC", FakeState(), 1), ("CC", FakeState(), 1))
    assert [sweep.description for sweep in recording] == ["group / series 0", "group / series 1"]
    assert [sweep.start for sweep in recording] == [0.0, 10_000.0]
    roles = {channel.name: channel.role for channel in recording.channels}
    assert roles == {
        "Imon (voltage clamp)": "response",
        "Vmon (voltage clamp)": "monitor",
        "Imon (current clamp)": "monitor",
        "Vmon (current clamp)": "response",
    }
    assert recording.clamp_modes == (ClampMode.VOLTAGE_CLAMP, ClampMode.CURRENT_CLAMP)
    voltage, current = (recording.trace(i, c).rig_state for i, c in enumerate(recording.responses))
    assert (voltage.capacitance_slow, voltage.capacitance_fast) == (22.0, 5.5)
    assert voltage.series_resistance_correction == 0.7
    assert current.bias_current == -20.0
    assert current.bridge_balance is None


@needs_myokit
def test_values_are_scaled_integers(read):
    recording = read(("VC", FakeState(), 1))
    np.testing.assert_allclose(recording.trace(0, "Imon").values(), np.arange(50.0), rtol=1e-12)
    np.testing.assert_allclose(recording.trace(0, "Vmon").values(), np.arange(50.0, 100.0))
    assert recording.trace(0, "Imon").samples.dtype == np.int16


@needs_myokit
def test_a_series_without_a_stated_mode_leaves_the_response_open(read):
    with pytest.raises(ReadError, match="response="):
        read(("Any", FakeState(), 1))
    assert read(("Any", FakeState(), 1), response="Imon").response.name == "Imon"


@needs_myokit
def test_a_stopped_series_is_partial(read):
    recording = read(("VC", FakeState(), 5))
    assert recording.problems == (
        "series 'series 0' of group 'group' was stopped after 1 of 5 sweeps",
    )


@needs_myokit
def test_a_junction_potential_is_recorded_as_applied(read):
    recording = read(("CC", FakeState(junction=14.0), 1))
    assert [(c.name, c.channel, c.value, c.applied) for c in recording.corrections] == [
        ("liquid_junction_potential", "Vmon", 14.0, True)
    ]
    with pytest.raises(ReadError, match="different junction potentials"):
        read(("VC", FakeState(junction=14.0), 1), ("VC", FakeState(), 1))


def test_without_myokit_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "myokit", None)
    monkeypatch.setitem(sys.modules, "myokit.formats", None)
    with pytest.raises(MissingDependencyError, match=r'pip install "loligo\[heka\]"'):
        heka._patchmaster()


@needs_myokit
def test_no_settings_folder_is_left_in_the_home(tmp_path):
    code = (
        "import os; from loligo.recording.io.heka import _patchmaster; "
        "_patchmaster().PatchMasterFile; print(os.environ['HOME'])"
    )
    environment = os.environ | {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == str(tmp_path)
    assert list(tmp_path.iterdir()) == []
