"""Every example runs as it stands, draws what it says, and finds what is known of its cells."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
# What each prints, by a pattern with one number, that number and how near it must be. The axon's
# are solutions of its equations by an eighth-order method.
EXPECTED = {
    "hodgkin_huxley_action_potential": [
        (r"peak (\S+) mV", 40.41, 0.06),
        (r"mV, (\S+) ms after", 1.159, 0.006),
        (r"lowest (\S+) mV", -76.18, 0.06),
    ],
    "fi_curves_of_the_catalogue": [
        (r"hodgkin_huxley1952: from (\S+) uA", 6.5, 0.0),  # it falls silent below 6.26
        (r"hodgkin_huxley1952: .* at (\S+) spikes", 55.06, 0.1),
        (r"connor1977: from (\S+) uA", 8.25, 0.0),  # 2 spikes/s at 8.145
    ],
    "spike_along_a_dendrite": [  # of NEURON with the authors' files
        (r"(\S+) spikes", 4, 0.0),
        (r"the first at (\S+) ms", 68.8436, 0.06),
        (r"soma: 0 um away, peak (\S+) mV", 25.29, 0.3),
        (r"custom_7.4: .* at (\S+) ms", 68.71, 0.06),
    ],
    "space_clamp": [  # closed forms of a finite cable; what reaches a site comes back from it
        (r"soma: (\S+) % of the step", 97.815, 0.02),
        (r"\(0.5\): (\S+) % of the step", 81.483, 0.02),
        (r"\(0.5\): .*, (\S+) % of the charge", 81.483, 0.05),
        (r"\(1\): .*, (\S+) % of the charge", 76.278, 0.05),
    ],
    "bath_potassium": [  # Nernst's and Goldman's potentials at 37 degC
        (r"glia, 2.5 mM: (\S+) mV", -102.38, 0.05),
        (r"glia, 60.0 mM: (\S+) mV", -21.55, 0.05),
        (r"neuron, 2.5 mM: (\S+) mV", -71.63, 0.05),
        (r"neuron, 60.0 mM: (\S+) mV", -20.14, 0.05),
    ],
    "bi_ionic_selectivity": [
        (r"Cs: .* recorded, (\S+) corrected", 1.1, 0.01),
        (r"Na: .* recorded, (\S+) corrected", 0.8, 0.01),
        (r"Li: .* recorded, (\S+) corrected", 0.6, 0.01),
    ],
    "chloride_leaves": [  # from the reversal at -29.98 mV
        (r"-70 mV: .* driven by (\S+) mV", -40.02, 0.02),
        (r"20 mV: .* driven by (\S+) mV", 49.98, 0.02),
    ],
    "sodium_replaced_by_choline": [(r"1.000 of .* peak (\S+) mV", 44.1, 0.5)],
    "voltage_clamp_family": [(r"at 0 mV: (\S+) pA", -1456.84, 0.5)],
    "ten_thousand_cells": [(r"published axon: (\S+) spikes", 68.32, 0.1)],
    "pump_blocked_over_hours": [  # of the published cell, whose membrane grows: within 1 %
        (r"\n11 min: (\S+) mV", -65.00, 0.1),
        (r"\n15 min: .* K (\S+) mM", 95.91, 0.5),
        (r"\n20 min: (\S+) mV", -61.34, 0.1),
        (r"\n20 min: .* K (\S+) mM", 74.05, 0.5),
        (r"\n20 min: .* volume (\S+)\n", 1.0158, 0.001),
        (r"\n40 min: (\S+) mV", -38.61, 0.8),
        (r"\n599 min: (\S+) mV", -72.59, 0.02),
    ],
    "two_electrodes_in_an_oocyte": [  # 40 mV 2000 / 2001 less 6.87 uA through 1 MOhm / 2001
        (r"gain 2000: .* membrane at (\S+) mV", 36.55, 0.02),
    ],
    "calcium_beneath_the_membrane": [
        # 2 ms of 2 pC/cm2/ms: 400 / (2 F 0.5 um) mM, less what the pump takes
        (r"BAPTA: .*, (\S+) uM entered", 41.46, 0.4),
    ],
    "potassium_around_an_axon": [
        (r"(\S+) spikes", 12, 0.0),
        (r"the first: (\S+) mM", 1.6, 0.15),  # Frankenhaeuser and Hodgkin 1956
        (r"of (\S+) pmol/cm2", 4.26, 0.2),  # Hodgkin and Huxley 1952, at 18.5 degC
        (r"the last rises from (\S+) mM", 5.98, 0.3),  # equal steps that decay with 50 ms
    ],
    "temperature_and_spike_width": [
        (r"\n10.0 degC: peak (\S+) mV", 38.977, 0.02),
        (r"\n18.5 degC: peak (\S+) mV", 31.916, 0.02),
        (r"\n30.0 degC: peak (\S+) mV", 5.927, 0.02),
        (r"\n10.0 degC: .* width (\S+) ms", 0.9908, 0.006),
        (r"\n18.5 degC: .* width (\S+) ms", 0.4204, 0.006),
        (r"\n30.0 degC: .* width (\S+) ms", 0.1903, 0.006),
    ],
}


def test_no_example_is_left_out():
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_example(name, tmp_path):
    script = EXAMPLES / f"{name}.py"
    text = script.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 120
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for pattern, value, within in EXPECTED[name]:
        (found,) = re.findall(pattern, done.stdout)
        assert float(found) == pytest.approx(value, abs=within), pattern
    figures = set(re.findall(r"``(\w+\.png)``", text.split('"""')[1]))
    assert figures
    assert {path.name for path in tmp_path.iterdir()} == figures
    for figure in figures:
        assert (tmp_path / figure).read_bytes().startswith(b"\x89PNG")
