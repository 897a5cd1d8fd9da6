"""What the rig did, as HTML: a verdict for each effect, its figure, and the corrected copy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from loligo.analysis import Analysis
from loligo.analysis.correct import Offer
from loligo.analysis.digits import interval, number, unit_symbol
from loligo.analysis.rig_effects import Grade, Graded, RigEffects
from loligo.analysis.wording import readable, typeset
from loligo.plot import draw_corrections, draw_rig_effects
from loligo.recording import Recording
from loligo.recording.channel import ClampMode
from loligo.report.corrected import Corrected, command
from loligo.report.estimates import estimate_tables
from loligo.report.figures import embedded
from loligo.report.markup import Html, block, element, join, table
from loligo.report.truth import truth_of_effects
from loligo.terms import term

_ORDER = (Grade.BAD, Grade.QUESTIONABLE, Grade.NOT_TOLD, Grade.GOOD)
_WORDS = {
    Grade.BAD: "bad",
    Grade.QUESTIONABLE: "questionable",
    Grade.NOT_TOLD: "cannot be told",
    Grade.GOOD: "good",
}
_INTRODUCTION = {
    ClampMode.VOLTAGE_CLAMP: (
        "The amplifier holds the pipette at the command; the cell is behind the series resistance. "
        "Current through it makes the potential slip, and the membrane's capacitance makes it lag."
    ),
    ClampMode.CURRENT_CLAMP: (
        "The amplifier measures the pipette; the cell is behind the series resistance. What the "
        "bridge does not balance of its voltage drop is taken for the cell's."
    ),
}


def rig_section(recording: Recording, analysis: Analysis, corrected: Corrected) -> Html:
    """Return what the rig did to each response, and what can be taken back.

    Parameters
    ----------
    recording : Recording
    analysis : Analysis
    corrected : Corrected
        What can be taken back.
    """
    results = analysis.of(RigEffects)
    parts: list[Html] = []
    for effects in results:
        if len(results) > 1:
            parts.append(element("h4", effects.channel))
        parts.append(_effects(recording, effects))
    parts.append(block("Corrected copy", _copy(corrected)))
    return join(parts)


def badge(grade: Grade) -> Html:
    """Return a grade as a coloured word."""
    return element("span", _WORDS[grade], class_=f"badge grade-{grade.value}")


def rig_line(analysis: Analysis) -> Html:
    """Return how many effects of the rig have which grade, for the summary of several files."""
    grades = Counter(entry.grade for found in analysis.of(RigEffects) for entry in found.graded)
    told = [
        join((element("span", badge(grade), f" {grades[grade]}", class_="nowrap"), " "))
        for grade in _ORDER
        if grades[grade]
    ]
    return element("div", "rig: ", *told) if told else Html("")


def in_a_sentence(effects: RigEffects) -> str:
    """Return how many effects have which grade, the worst first, and name the bad ones."""
    counts = Counter(entry.grade for entry in effects.graded)
    bad = [readable(e.estimate.name) for e in effects.graded if e.grade is Grade.BAD]
    told = []
    for grade in _ORDER:
        named = f" ({', '.join(bad)})" if grade is Grade.BAD else ""
        if counts[grade]:
            told.append(f"{counts[grade]} {_WORDS[grade]}{named}")
    return f"Of {len(effects.graded)} effects: {', '.join(told)}."


def _effects(recording: Recording, effects: RigEffects) -> Html:
    truth = truth_of_effects(recording, effects)
    mode = effects.mode if effects.mode in _INTRODUCTION else ClampMode.CURRENT_CLAMP
    assert mode is not None
    words = f"{_INTRODUCTION[mode]} {in_a_sentence(effects)}"
    shown = {entry.estimate.name for entry in effects.graded}
    rest = [e for e in effects.estimates if e.sweep is not None or e.name not in shown]
    figure = draw_rig_effects(recording, effects, truth)
    what = f"what the rig did to {effects.channel}"
    return join(
        (
            element("p", words),
            element("figure", embedded(figure, what)),
            _table(effects.graded, truth),
            estimate_tables(rest),
        )
    )


def _table(entries: Sequence[Graded], truth: Mapping[str, float]) -> Html:
    known = any(entry.estimate.name in truth for entry in entries)
    head = ("effect", "value", "95 % interval", *(["truth"] if known else []), "verdict", "why")
    rows = [_row(entry, truth, known) for entry in sorted(entries, key=_severity)]
    return table(head, rows, class_="rig")


def _severity(entry: Graded) -> int:
    return _ORDER.index(entry.grade)


def _row(entry: Graded, truth: Mapping[str, float], known: bool) -> tuple[object, ...]:
    found = entry.estimate
    value, low, high, unit = found.displayed()
    shown: object = element("span", found.status.value.replace("_", " "), class_="badge refused")
    if value is not None:
        shown = element("span", f"{number(value, low, high)} {unit_symbol(unit)}", class_="value")
    exact = value is not None and low == high == value
    ends = "stated" if exact else interval(value, low, high)
    true: object = ""
    if found.name in truth:
        words = f"{term(found.name).display(truth[found.name]):.4g} {unit_symbol(unit)}"
        true = element("span", words, class_="nowrap")
    limits = element("div", f"{entry.demand} ({entry.source}).", class_="definition")
    why = (typeset(entry.reason), element("div", entry.meaning), limits)
    name = element("span", readable(found.name), class_="nowrap", title=found.term.meaning)
    cells = (name, shown, element("span", ends, class_="interval"))
    return (*cells, *([true] if known else []), badge(entry.grade), join(why))


def _copy(corrected: Corrected) -> Html:
    """Return what can be taken back, before and after, and how to have it in a file."""
    made, offers = corrected.recording, corrected.offers
    if not offers:
        return Html("")
    parts = [table(("response", "correction", "what stays"), [_offered(entry) for entry in offers])]
    if made is None:
        return join(parts)
    if corrected.copy:
        link = element("a", corrected.copy, href=corrected.copy)
        words = join(("The corrected copy is ", link, ". It keeps what was recorded beside it."))
    else:
        line = element("code", command(corrected.file))
        words = join((line, " writes a corrected copy, which keeps what was recorded beside it."))
    parts.append(element("p", words))
    for entry in offers:
        if entry.correction is not None:
            figure = draw_corrections(made, entry.channel)
            what = f"{entry.channel} before and after correction"
            parts.append(element("figure", embedded(figure, what)))
    return join(parts)


def _offered(entry: Offer) -> tuple[object, ...]:
    done = entry.correction
    if done is None:
        return entry.channel, element("span", "none", class_="quiet"), typeset(entry.reason)
    unit = term(done.name)
    value, low, high = (
        None if x is None else unit.display(x) for x in (done.value, done.low, done.high)
    )
    shown = f"{number(value, low, high)} {unit_symbol(unit.display_unit)}"
    ends = f" [{interval(value, low, high)}]"
    told = (readable(done.name), " ", element("span", shown, class_="value"))
    return entry.channel, join((*told, element("span", ends, class_="interval"))), entry.reason
