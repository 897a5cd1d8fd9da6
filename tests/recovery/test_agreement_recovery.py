"""Routes to one input resistance: they agree where they must, and the right reason is named."""

import chirps
import numpy as np
import pytest

from loligo.analysis.agreement import Outcome, Reason, input_resistance_agreement
from loligo.analysis.estimate import Estimate, Status

RATE = 0.5
LEVELS = (-80.0, -60.0, -40.0, -20.0, 20.0, 40.0)


def chirped(transfer, rng, rest, rms=0.15):
    played = chirps.chirp(duration=5000.0, amplitude=15.0)
    noise = chirps.coloured(rng, (2, played.size), RATE, rms)
    return chirps.recording(played, rest + chirps.respond(transfer, played, RATE) + noise, RATE)


def current_steps(transfer, rng, rest, rms=0.15, potential=None):
    def made(commands):
        noise = chirps.coloured(rng, commands.shape, RATE, rms)
        clean = chirps.respond(transfer, commands, RATE)
        return rest + (clean if potential is None else potential(commands)) + noise

    return chirps.stepped(
        made, LEVELS, rate=RATE, before=300.0, during=500.0, holding=0.0, unit="mV",
        command_unit="pA",
    )  # fmt: skip


def voltage_steps(admittance, rng, levels, during, holding=-70.0):
    def made(commands):
        noise = chirps.coloured(rng, commands.shape, RATE, 2.0, 5.0)
        return -50.0 + chirps.respond(admittance, commands - holding, RATE) + noise

    return chirps.stepped(
        made, levels, rate=RATE, before=300.0, during=during, holding=holding, unit="pA",
        command_unit="mV",
    )  # fmt: skip


def test_a_passive_cell_through_its_electrode_agrees():
    trials, pairs, agreed = 120, 0, 0
    for seed in range(trials):
        rng = np.random.default_rng(seed)
        resistance = np.exp(rng.uniform(np.log(0.08), np.log(0.5)))
        cell = chirps.rc(resistance, rng.uniform(10, 25), series=0.02)

        def admittance(s, cell=cell):
            return 1 / cell(s)

        made = {
            "steps": current_steps(cell, rng, -70.0),
            "clamp": voltage_steps(admittance, rng, (-90.0, -85.0, -80.0, -75.0, -65.0), 400.0),
        }
        if seed % 4 == 0:
            made["chirp"] = chirped(cell, rng, -70.0)
        found = input_resistance_agreement(made)
        pairs += len(found.verdicts)
        agreed += sum(v.outcome is Outcome.AGREE for v in found.verdicts)
    assert pairs >= 170  # 1 without and 3 with a chirp
    assert agreed / pairs >= 0.91


def verdicts(recordings, **more):
    found = input_resistance_agreement(recordings, **more)
    return {frozenset((v.first.split()[0], v.second.split()[0])): v for v in found.verdicts}


@pytest.mark.parametrize("seed", range(4))
def test_rectification_and_nothing_else(seed):
    rng = np.random.default_rng(seed)

    def through(potential):  # pA, without time dependence; no current at -60 mV
        return 6.0 * (potential + 60) - 0.08 * (potential + 60) ** 2

    def potential(commands):
        root = (6.0 - np.sqrt(36.0 - 4 * 0.08 * commands)) / (2 * 0.08)
        return np.asarray(root)

    small = chirps.rc(1 / 6.0, 20.0)
    found = verdicts(
        {
            "clamp": clamped(rng, through),
            "steps": current_steps(small, rng, -60.0, potential=potential),
            "chirp": chirped(small, rng, -60.0),
        }
    )  # fmt: skip
    for other in ("steps", "chirp"):
        verdict = found[frozenset(("clamp", other))]
        assert verdict.outcome is Outcome.MATCHED, verdict.sentence
        assert verdict.reasons == (Reason.POTENTIAL,)
        assert "depends on the potential" in verdict.sentence


def clamped(rng, through):
    def made(commands):
        noise = chirps.coloured(rng, commands.shape, RATE, 2.0, 5.0)
        return through(commands) + noise

    return chirps.stepped(
        made, tuple(float(x) for x in range(-110, -45, 10)), rate=RATE, before=300.0,
        during=500.0, holding=-70.0, unit="pA", command_unit="mV",
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_a_slow_current_and_nothing_else(seed):
    rng = np.random.default_rng(seed)
    cell = chirps.resonant(leak=5.0, capacitance=60.0, slow=3.0, slow_time=150.0)
    found = verdicts(
        {
            "brief": voltage_steps(lambda s: 1 / cell(s) - 60.0 * s, rng, (-80.0,) * 6, 120.0),
            "steps": current_steps(cell, rng, -70.0),
            "chirp": chirped(cell, rng, -70.0),
        }
    )
    brief = found[frozenset(("brief", "steps"))]
    assert Reason.TIME in brief.reasons, brief.sentence
    assert Reason.POTENTIAL not in brief.reasons
    assert "falls with time" in brief.sentence
    assert found[frozenset(("steps", "chirp"))].outcome is Outcome.AGREE


@pytest.mark.parametrize("seed", range(4))
def test_series_resistance_and_nothing_else(seed):
    rng = np.random.default_rng(seed)
    cell, whole = chirps.rc(0.1), chirps.rc(0.1, series=0.03)
    series = Estimate("series_resistance", 0.03, 0.028, 0.032, Status.OK)
    recordings = {
        "clamp": voltage_steps(lambda s: 1 / whole(s), rng, (-90.0, -85, -80, -75, -65), 400.0),
        "steps": current_steps(cell, rng, -70.0),
    }
    (told,) = verdicts(recordings, series_resistances={"clamp": series}).values()
    assert told.reasons == (Reason.SERIES_RESISTANCE,), told.sentence
    (untold,) = verdicts(recordings).values()
    assert untold.outcome in {Outcome.DISAGREE, Outcome.UNTOLD}
    assert untold.reasons == ()


def test_nothing_to_compare():
    rng = np.random.default_rng(0)
    found = input_resistance_agreement({"chirp": chirped(chirps.rc(), rng, -65.0)})
    assert found.verdicts == ()
    assert "nothing to compare" in found.summary
