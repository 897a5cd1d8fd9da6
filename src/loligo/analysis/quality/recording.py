"""The quality of a recording: what was measured of it held against what is asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loligo.analysis.baseline import holding_estimates, resting_estimates
from loligo.analysis.estimate import Estimate, Status
from loligo.analysis.layout import Layout, Step, layout_of, no_command, steps
from loligo.analysis.quality.at_rest import AtRest, at_rest
from loligo.analysis.quality.course import (
    Course,
    baseline_within,
    course_of,
    drift_estimates,
    ratio_estimate,
)
from loligo.analysis.quality.criteria import Criteria
from loligo.analysis.quality.density import Spectrum
from loligo.analysis.quality.hum import Hum
from loligo.analysis.quality.loss import lost_estimate, seal_estimate
from loligo.analysis.quality.presets import DEFAULT, chosen
from loligo.analysis.quality.quiet import quiet_segments
from loligo.analysis.quality.said import Refusal, estimate, exactly, own_name
from loligo.analysis.quality.saturation import saturation
from loligo.analysis.quality.stimulus import answers, monitored
from loligo.analysis.quality.verdict import Verdict, judge
from loligo.analysis.resistance import resistance_estimates
from loligo.analysis.rig_notes import stated
from loligo.analysis.wording import sweeps_in_words
from loligo.recording import Channel, ClampMode, Recording

_OVER_SWEEPS = {
    ClampMode.VOLTAGE_CLAMP: (
        "holding_current",
        "series_resistance",
        "membrane_resistance",
        "total_resistance",
        "capacitance",
    ),
    ClampMode.CURRENT_CLAMP: ("baseline_potential", "input_resistance"),
    ClampMode.ZERO_CURRENT: ("baseline_potential",),
}


@dataclass(frozen=True, slots=True)
class Quality:
    """What can be said of how good a recording is.

    Attributes
    ----------
    channel : str
        The response.
    unit : str
        Of the response.
    estimates : tuple of Estimate
        Those of the recording, then those of single sweeps.
    verdicts : tuple of Verdict
    criteria : Criteria
        The set the verdicts are by.
    courses : tuple of Course
        What was followed over the sweeps.
    spectrum : Spectrum or None
        Of the noise at rest.
    hum : Hum or None
    """

    channel: str
    unit: str
    estimates: tuple[Estimate, ...]
    verdicts: tuple[Verdict, ...]
    criteria: Criteria
    courses: tuple[Course, ...] = ()
    spectrum: Spectrum | None = None
    hum: Hum | None = None


def quality(
    recording: Recording,
    response: Channel | str | None = None,
    criteria: Criteria | str = DEFAULT,
    measured: Sequence[Estimate] = (),
) -> Quality:
    """Return noise, hum, saturation, drift and losses of a response, and verdicts on it.

    Parameters
    ----------
    recording : Recording
    response : Channel or str, optional
        Needed where there are several.
    criteria : Criteria or str
        A set of one's own (`criteria_from`), or the name of one of `PRESETS`.
    measured : sequence of Estimate
        What other analyses found of this response, of the recording and of each sweep: those of
        the membrane test or of the passive properties. Baseline and steady-state resistance are
        measured where they are not among them.

    Returns
    -------
    Quality

    Raises
    ------
    SelectionError
        The response is not one of the recording's, or ambiguous; no such criteria.
    """
    asked = chosen(criteria)
    layout = layout_of(recording, response)
    name = layout.response.name
    known = _completed(layout, [e for e in measured if e.channel in {"", name}])
    segments, why = quiet_segments(layout)
    rest = at_rest(layout, segments, why)
    courses = [
        course_of(layout, quantity, known) for quantity in _OVER_SWEEPS.get(_mode(layout), ())
    ]
    if courses and len(courses[0].values) < 2 and segments:
        within = baseline_within(layout, courses[0].name, segments)
        courses[0] = within if within.values else courses[0]
    found = [*rest.estimates, *_saturated(layout), *_stimulus(layout)]
    for course in courses:
        found += drift_estimates(layout, course) if course.values else ()
    found += [*_losses(layout, courses, rest, known), ratio_estimate(layout, known)]
    found += _bias(layout)
    ordered = tuple(sorted(found, key=lambda entry: entry.sweep is not None))
    verdicts = judge(asked, (*ordered, *known), layout.response.clamp_mode)
    return Quality(
        name,
        layout.response.unit,
        ordered,
        verdicts,
        asked,
        tuple(courses),
        rest.spectrum,
        rest.hum,
    )


def _mode(layout: Layout) -> ClampMode:
    known = layout.response.clamp_mode
    if known is not None:
        return known
    is_current = layout.response.unit == "pA"
    return ClampMode.VOLTAGE_CLAMP if is_current else ClampMode.CURRENT_CLAMP


def _completed(layout: Layout, measured: list[Estimate]) -> list[Estimate]:
    """Add baseline and steady-state resistance where no analysis has brought them."""
    names = {entry.name for entry in measured}
    added: list[Estimate] = []
    if layout.response.clamp_mode is ClampMode.VOLTAGE_CLAMP:
        if "holding_current" not in names:
            added += holding_estimates(layout)
        if "total_resistance" not in names:
            added += resistance_estimates(layout, "total_resistance")
    else:
        if "baseline_potential" not in names:
            rest = resting_estimates(layout)
            added += [entry for entry in rest if entry.name not in names]
        if "input_resistance" not in names:
            added += resistance_estimates(layout, "input_resistance")
    return [*measured, *added]


def _saturated(layout: Layout) -> list[Estimate]:
    """Return which share of the samples is out of range; of sweeps, where there are any."""
    name, samples, affected = "saturated_share", 0, 0.0
    single: list[Estimate] = []
    kinds, sweeps = set(), []
    for index in layout.sweeps:
        trace = layout.recording.trace(index, layout.response)
        if not len(trace):
            continue
        found = saturation(trace)
        samples += len(trace)
        affected += found.share * len(trace)
        if found.first is None:
            continue
        sweeps.append(index)
        kinds.add(found.is_digitizer)
        how = _kind(found.is_digitizer)
        at = trace.start + found.first / trace.sampling_rate
        single += [
            estimate(layout, name, exactly(found.share), f"samples of {how}", "", index),
            estimate(
                layout, "first_saturation_time", exactly(at), f"first sample of {how}", "", index
            ),
        ]
    definition = "samples at the digitizer's last number, or in runs stuck at a sweep's extreme"
    if not samples:
        return [estimate(layout, name, Refusal(Status.NO_BASELINE, "no samples"), definition)]
    note = ""
    if sweeps:
        note = f"{sweeps_in_words(tuple(sweeps))}: {' and '.join(map(_kind, sorted(kinds)))}"
    return [estimate(layout, name, exactly(affected / samples), definition, note), *single]


def _kind(is_digitizer: bool) -> str:
    return "the digitizer's last number" if is_digitizer else "runs stuck at the sweep's extreme"


def _stimulus(layout: Layout) -> list[Estimate]:
    """Return whether the response shows the command, and whether a monitor confirms it."""
    name = "unanswered_sweep_count"
    definition = (
        "sweeps in which no step of at least 2 mV or 10 pA is followed by a transient or a steady "
        "change, though the noise would let the smallest through that a cell gives"
    )
    if layout.command is None:
        refusal = Refusal(Status.NO_COMMAND, no_command(layout))
        return [estimate(layout, n, refusal, "") for n in (name, "command_error")]
    groups = tuple(steps(layout).values())
    told = answers(layout, groups)
    judged = {a.step.sweep for a in told if a.is_answered is not None}
    answered = {a.step.sweep for a in told if a.is_answered}
    silent = tuple(sorted(judged - answered))
    if not judged:
        why = "no step of command is large enough, against the noise, to judge the response by"
        found = [estimate(layout, name, Refusal(Status.NO_STEP, why), definition)]
    else:
        note = ""
        if silent:
            largest = max(abs(a.step.level - a.step.before) for a in told)
            bound = max(a.bound for a in told if a.step.sweep in silent)
            note = (
                f"{sweeps_in_words(silent)}: the command steps by up to {largest:.4g} "
                f"{layout.command.unit}, the response by less than {bound:.2g} "
                f"{layout.response.unit}: was the command connected and enabled?"
            )
        found = [estimate(layout, name, exactly(float(len(silent))), definition, note)]
    return [*found, *_monitor(layout, groups)]


def _monitor(layout: Layout, groups: Sequence[tuple[Step, ...]]) -> list[Estimate]:
    names = ("command_error", "command_delay")
    definitions = (
        "largest difference of the steady-state steps of the monitor from the protocol's, by the "
        "largest of the protocol's",
        "from the protocol's step to where the monitor is halfway, mean over steps",
    )
    seen = monitored(layout, groups)
    if seen is None:
        refusal = Refusal(Status.NO_COMMAND, "no channel measured the command")
        return [estimate(layout, names[0], refusal, definitions[0])]
    refusal = Refusal(Status.NO_STEP, f"{seen.monitor!r} and the protocol share no step")
    unit = layout.command.unit if layout.command is not None else ""
    found = []
    for name, definition, value in zip(names, definitions, (seen.error, seen.delay), strict=True):
        note = ""
        if seen.step is not None and name == "command_error":
            note = (
                f"{seen.monitor!r} measured {seen.seen:.4g} {unit} where the protocol says "
                f"{seen.told:.4g} {unit} (sweep {seen.step.sweep}, epoch {seen.step.epoch})"
            )
        found.append(estimate(layout, name, value or refusal, definition, note))
    return found


def _losses(
    layout: Layout, courses: list[Course], rest: AtRest, known: Sequence[Estimate]
) -> list[Estimate]:
    by_name = {course.name: course for course in courses}
    for name in ("total_resistance", "input_resistance", "holding_current", "baseline_potential"):
        if name not in by_name:
            by_name[name] = course_of(layout, name, known)
    by_name["noise"] = course_of(layout, own_name(layout, "fast_noise_rms"), rest.estimates)
    return [lost_estimate(layout, by_name), seal_estimate(layout, known)]


def _bias(layout: Layout) -> list[Estimate]:
    """Return the bias current of each sweep whose file states it."""
    if layout.response.unit != "mV" or not stated(layout, "bias_current"):
        return []
    found = []
    for index in layout.sweeps:
        state = layout.recording.trace(index, layout.response).rig_state
        if state is not None and state.bias_current is not None:
            value = exactly(state.bias_current)
            found.append(
                estimate(layout, "bias_current", value, "as the file states it", "", index)
            )
    return found
