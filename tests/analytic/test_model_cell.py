"""The bundled example: its closed form against integrated equations, its file against both."""

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.optimize import brentq

from tools import make_model_cell as model

CELL = model.Circuit()
VOLTAGE_CLAMP, CURRENT_CLAMP = model.runs(CELL)


def _bessel_rate():
    """Rate of the 4-pole Bessel filter's time, from its definition [1/ms].

    The reverse Bessel polynomial s^4 + 10 s^3 + 45 s^2 + 105 s + 105, its frequency scaled so that
    the squared gain is a half at the corner.
    """
    coefficients = [1.0, 10.0, 45.0, 105.0, 105.0]
    corner = brentq(lambda w: abs(np.polyval(coefficients, 1j * w)) - 105 * np.sqrt(2), 1, 5)
    return 2 * np.pi * CELL.filter_frequency / corner


RATE = _bessel_rate()


def _filtered(source, state):
    """A chain of four integrators; the first is the output, the others its derivatives."""
    output, first, second, third = state
    last = 105 * (source - output) - 105 * first - 45 * second - 10 * third
    return [RATE * first, RATE * second, RATE * third, RATE * last]


def _voltage_clamp(command):
    """Kirchhoff's laws, node by node: amplifier output, cell inside, filter output."""

    def slope(_, state):
        pipette, inside, *recorded = state
        through_pipette = (pipette - inside) / CELL.series_resistance
        membrane = (inside - CELL.membrane_potential_source) / CELL.membrane_resistance
        seal = inside / CELL.seal_resistance
        return [
            (command - pipette) / CELL.clamp_time_constant,
            (through_pipette - membrane - seal) / CELL.capacitance,
            *_filtered(through_pipette, recorded),
        ]

    return slope


def _current_clamp(command):
    """As above; the amplifier reads the inside, since the bridge takes the pipette's drop off."""

    def slope(_, state):
        inside, follower, *recorded = state
        membrane = (inside - CELL.membrane_potential_source) / CELL.membrane_resistance
        seal = inside / CELL.seal_resistance
        return [
            (command - membrane - seal) / CELL.capacitance,
            (inside - follower) / CELL.clamp_time_constant,
            *_filtered(follower, recorded),
        ]

    return slope


def _integrated(equations, protocol, level):
    """Settle at the holding level, then go through the protocol sample by sample.

    The equations are linear, so that the matrix exponential of one sample integrates them.
    """

    def parts(command):
        slope = equations(command)
        constant = np.array(slope(0.0, np.zeros(6)))
        matrix = np.column_stack([np.array(slope(0.0, unit)) - constant for unit in np.eye(6)])
        return matrix, -np.linalg.solve(matrix, constant)

    matrix, state = parts(protocol.holding)
    step = expm(matrix / model.SAMPLING_RATE)
    edges = np.cumsum([0, protocol.before, protocol.during, protocol.after])
    found = []
    for i, command in enumerate((protocol.holding, level, protocol.holding)):
        _, settled = parts(command)
        for _ in range(round((edges[i + 1] - edges[i]) * model.SAMPLING_RATE)):
            found.append(state[2])
            state = settled + step @ (state - settled)
    return np.array(found)


@pytest.mark.parametrize(
    ("run", "equations", "level", "tolerance"),
    [(VOLTAGE_CLAMP, _voltage_clamp, -80.0, 2e-5), (CURRENT_CLAMP, _current_clamp, 40.0, 1e-6)],
)
def test_closed_form_agrees_with_integrated_circuit(run, equations, level, tolerance):
    closed = run.protocol.response(run.transfer, level, run.steady)
    integrated = _integrated(equations, run.protocol, level)
    assert np.ptp(closed) > 10
    assert np.abs(closed - integrated).max() < tolerance


def test_steady_states_follow_from_ohms_law():
    recording = model.make()
    during = recording.trace(0, "current").window(280, 300).mean()
    before = recording.trace(0, "current").window(50, 100).mean()
    # 10 mV over 10.5 MOhm plus 500 MOhm parallel to 10 GOhm, by hand: 486.690476 MOhm
    assert (during - before) == pytest.approx(-10 / 0.486690476, abs=0.5)
    rested = recording.trace(5, "potential").window(50, 100).mean()
    pulled = recording.trace(5, "potential").window(300, 350).mean()
    assert rested == pytest.approx(-65.0, abs=0.02)
    assert pulled - rested == pytest.approx(-47.6190476, abs=0.02)


def test_levels_of_command_are_exact():
    recording = model.make()
    assert set(recording.trace(0, "command potential").values()) == {-70.0, -80.0}
    levels = [recording.trace(i, "command current").window(100, 350) for i in range(5, 12)]
    assert [set(level) for level in levels] == [
        {float(pA)} for pA in (-100, -80, -60, -40, -20, 20, 40)
    ]


def test_noise_is_seeded():
    first, again, other = (model.make(seed=seed).trace(3, "current").samples for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_signal_beyond_digitizer_is_refused():
    with pytest.raises(ValueError, match="range"):
        model.make(model.Circuit(series_resistance=0.002, capacitance=330.0))


def test_bundled_file_holds_the_recording_made_here():
    import loligo
    from loligo.data import example

    made, bundled = model.make(), loligo.read(example())
    assert bundled.is_simulated
    assert not bundled.problems
    assert bundled.start_time == made.start_time
    assert bundled.truth.parameters == pytest.approx(made.truth.parameters, rel=1e-12)
    assert _facts(bundled) == _facts(made)
    assert len(bundled) == len(made) == 12
    for there, here in zip(bundled, made, strict=True):
        assert set(there.traces) == set(here.traces)
        assert there.start == pytest.approx(here.start)
        assert [e.label for e in there.epochs] == ["pre", "A", "post"]
        for found, wanted in zip(there.epochs, here.epochs, strict=True):
            assert (found.kind, found.channel) == (wanted.kind, wanted.channel)
            assert (found.start, found.stop, found.level) == pytest.approx(
                (wanted.start, wanted.stop, wanted.level)
            )
        for name, trace in here.traces.items():
            _assert_same_trace(there.traces[name], trace)


def _facts(recording):
    return {(c.name, c.role, c.unit, c.clamp_mode, c.electrode) for c in recording.channels}


def _assert_same_trace(found, wanted):
    assert found.sampling_rate == pytest.approx(wanted.sampling_rate)
    state, made = found.rig_state, wanted.rig_state
    assert (state is None) == (made is None)
    if made is not None:
        assert state.known() == pytest.approx(made.known())
    # Another machine's exp() may round the last bit the other way, and with it a count.
    difference = np.abs(found.values() - wanted.values())
    assert difference.max() <= 1.01 * wanted.resolution
    assert (difference > 0.5 * wanted.resolution).sum() <= 2


def test_bundled_file_is_small():
    from loligo.data import example

    assert example().stat().st_size < 600_000
