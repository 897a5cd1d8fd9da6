"""Epochs of a whole recording, found in the samples of commands for which none are stated."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from loligo.recording.epoch_family import corresponding
from loligo.recording.epochs import detect_epochs
from loligo.recording.provenance import Basis, Finding
from loligo.recording.recording import Recording
from loligo.recording.sweep import Epoch, Trace

MOST_SAMPLES = 20_000_000
"""Epochs are not searched for in commands of more samples than this, all sweeps together."""


def with_found_epochs(recording: Recording) -> Recording:
    """Return the recording with the epochs found in its commands where none are stated.

    Only the trusted command of each response is looked at, sweep by sweep; sweeps of one sampling
    and length are taken as a family, whose epochs correspond. What was found, and what was not
    searched, is said in `Recording.findings`.
    """
    families = _without_epochs(recording)
    traces = [recording.trace(i, name) for (name, *_), rows in families.items() for i in rows]
    if not traces:
        return recording
    count = sum(len(trace) for trace in traces)
    if count > MOST_SAMPLES:
        why = f"not searched for in {count} samples of commands; use detect_epochs"
        return _telling(recording, Finding("epochs", "", Basis.UNKNOWN, why))
    found: dict[int, tuple[Epoch, ...]] = defaultdict(tuple)
    for (name, *_), members in families.items():
        detected = [_detected(recording.trace(i, name), name) for i in members]
        for index, epochs in zip(members, corresponding(detected), strict=True):
            found[index] += epochs
    sweeps = tuple(
        replace(sweep, epochs=(*sweep.epochs, *found[i])) if i in found else sweep
        for i, sweep in enumerate(recording.sweeps)
    )
    return _telling(replace(recording, sweeps=sweeps), *_findings(found))


def _without_epochs(recording: Recording) -> dict[tuple[str, float, int], list[int]]:
    """Return the sweeps that lack epochs, by command, sampling rate and length."""
    families: dict[tuple[str, float, int], list[int]] = defaultdict(list)
    commands = (recording.command(response) for response in recording.responses)
    for name in dict.fromkeys(command.name for command in commands if command is not None):
        for index in recording.sweeps_with(name):
            sweep = recording.sweeps[index]
            if not any(epoch.channel in {name, ""} for epoch in sweep.epochs):
                trace = sweep.traces[name]
                families[name, trace.sampling_rate, len(trace)].append(index)
    return families


def _detected(trace: Trace, name: str) -> tuple[Epoch, ...]:
    values = trace.values()
    if not np.isfinite(values).all():
        return ()
    return detect_epochs(
        values, trace.sampling_rate, name, start=trace.start, resolution=trace.resolution
    )


def _findings(found: dict[int, tuple[Epoch, ...]]) -> list[Finding]:
    findings = []
    if any(found.values()):
        told = "found in the samples of the command"
        findings.append(Finding("epochs", "", Basis.INFERRED, told))
    gaps = ", ".join(str(index) for index, epochs in found.items() if not epochs)
    if gaps:
        why = f"the command is not finite in sweeps {gaps}"
        findings.append(Finding("epochs", "", Basis.UNKNOWN, why))
    return findings


def _telling(recording: Recording, *findings: Finding) -> Recording:
    new = tuple(finding for finding in findings if finding not in recording.findings)
    return replace(recording, findings=(*recording.findings, *new))
