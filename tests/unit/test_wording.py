"""Names, remarks and lists of sweeps as people read them."""

import pytest

from loligo.analysis.wording import readable, sweeps_in_words, typeset, without_repeats
from loligo.terms import TERMS

LONG = "a slow current grows by 1.7 nS during the step, as Ih does"


@pytest.mark.parametrize(
    ("sweeps", "words"),
    [
        ([3], "sweep 3"),
        ([0, 1], "sweeps 0, 1"),
        ([5, 6, 7, 8], "sweeps 5 to 8"),
        ([9, 0, 2, 3, 4], "sweeps 0, 2 to 4, 9"),
        (range(20), "sweeps 0 to 19"),
    ],
)
def test_sweeps_that_follow_each_other_are_a_range(sweeps, words):
    assert sweeps_in_words(sweeps) == words


@pytest.mark.parametrize(
    ("plain", "printed"),
    [
        ("falls from 112 MOhm to -94.2 MOhm", "falls from 112 MΩ to −94.2 MΩ"),
        ("(-100 to 0 pA)", "(−100 to 0 pA)"),
        ("2.1% of its size", "2.1 % of its size"),
        ("a 4-pole Bessel, 2017-11-16, step_-80", "a 4-pole Bessel, 2017-11-16, step_-80"),
        ("the minimum number", "the minimum number"),
    ],
)
def test_signs_of_print(plain, printed):
    assert typeset(plain) == printed


def test_names_are_words():
    assert readable("spike_fast_ahp") == "spike fast AHP"
    assert all("_" not in readable(name) for name in TERMS)


def test_a_long_remark_is_said_once():
    remarks = [LONG, "", f"late; {LONG}; cut", "late", LONG]
    shown = without_repeats(remarks, list("abcde"))
    assert shown == [LONG, "", "as for a; late; cut", "late", "as for a"]


def test_short_remarks_stay():
    assert without_repeats(["none", "none"], ["a", "b"]) == ["none", "none"]


def test_a_remark_that_says_less_is_not_referred_to_one_that_says_more():
    shown = without_repeats([f"{LONG}; cut", LONG], ["a", "b"])
    assert shown == [f"{LONG}; cut", LONG]
