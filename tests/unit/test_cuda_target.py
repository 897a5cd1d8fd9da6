"""The target for graphics cards: what numba's simulator of one can prove, and what is refused.

The simulator runs the generated kernel as Python, a thread for each run. So this proves the printed
arithmetic, the launches and what the host does between them; it says nothing of a card's compiler.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from targets import clamped

from loligo.cell import catalogue
from loligo.engine import generated_source, simulate
from loligo.errors import MissingDependencyError, SelectionError
from loligo.protocol import Protocol

cuda = pytest.importorskip("numba.cuda", reason="numba without CUDA")
HELPERS = Path(__file__).resolve().parents[1] / "helpers"
AXON = catalogue.load("hodgkin_huxley1952")


@pytest.fixture(scope="module")
def simulated():
    command = [sys.executable, "-W", "error", str(HELPERS / "simulated_card.py")]
    environment = {**os.environ, "NUMBA_ENABLE_CUDASIM": "1"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=600, env=environment
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "case",
    ["current", "voltage", "resistance", "conductance", "current, single", "voltage, single"],
)
def test_numbers_are_those_of_the_processor_to_the_last_bit(simulated, case):
    assert simulated[case] == {"same": True, "spikes": 1}


@pytest.mark.parametrize(
    ("limits", "launches"),
    [
        ("whole", 2),
        ("short launches", 70),
        ("room for one spike", 2),
        ("room for one sample", 110),
        ("two runs at a time", 6),
    ],
)
def test_nothing_is_lost_between_launches(simulated, limits, launches):
    found = simulated[limits]
    assert found["same"]
    assert found["spikes"] == simulated["whole"]["spikes"] >= 4
    assert found["launches"] >= launches
    assert found["told"]


def test_divergence_is_told_alike(simulated):
    kernel, card = simulated["divergence"]
    assert kernel == card
    assert "cell 0, sweep 1" in card


@pytest.mark.parametrize("function", ["exp double", "log double", "exp single", "log single"])
def test_functions_are_within_two_units_in_the_last_place(simulated, function):
    assert 0.5 < simulated["functions"][function] < 2.0


@pytest.mark.skipif(cuda.is_available(), reason="there is a card")
def test_without_a_card_it_is_refused():
    protocol, _ = clamped("current")
    with pytest.raises(MissingDependencyError, match=r"loligo\[gpu\]"):
        simulate(AXON, protocol, target="cuda")


@pytest.mark.parametrize("target", ["twin", "kernel", "cuda"])
def test_generated_source_names_the_states_and_never_changes(target):
    code = (
        "from loligo.cell import catalogue; from loligo.engine import generated_source; "
        "from loligo.protocol import Protocol; "
        "pulse = Protocol('pulse', ['step 10 pA for 5 ms'], holding='0 pA'); "
        "axon = catalogue.load('hodgkin_huxley1952'); "
        f"print(generated_source(axon, pulse, target={target!r}))"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    pulse = Protocol("pulse", ["step 10 pA for 5 ms"], holding="0 pA")
    assert printed == [generated_source(AXON, pulse, target=target) + "\n"] * 2
    for name in ("v", "na.m", "na.h", "k.n"):
        assert name in printed[0]
        assert f"{name.replace('.', '_')}_next = " in printed[0]


@pytest.mark.parametrize("target", ["twin", "kernel", "cuda"])
def test_generated_source_follows_what_is_asked_for(target):
    protocol, _ = clamped("voltage")
    plain = generated_source(AXON, protocol, target=target)
    assert "exact rule" in plain
    assert plain != generated_source(AXON, protocol, target=target, record=("i.na",))
    assert plain != generated_source(AXON, protocol, target=target, rule="trapezoidal")
    compile(plain, target, "exec")


def test_source_of_an_unknown_target_is_refused():
    protocol, _ = clamped("voltage")
    with pytest.raises(SelectionError, match="did you mean 'cuda'"):
        generated_source(AXON, protocol, target="cudo")
