"""A recording at a glance, as text and as HTML."""

from __future__ import annotations

from html import escape
from textwrap import wrap

from loligo.recording.provenance import Basis
from loligo.recording.recording import Recording
from loligo.recording.sweep import Epoch
from loligo.terms import TERMS
from loligo.units import format_quantity

Row = tuple[str, ...]

_EPOCHS_SHOWN = 12
_TAGS_SHOWN = 12
_ROWS_SHOWN = 40
_WIDTH = 110


def headline(recording: Recording) -> str:
    """Return the source, format and date in one line."""
    source = recording.provenance
    parts = [source.source, source.format]
    if recording.start_time is not None:
        parts.append(recording.start_time.isoformat(" ", "seconds"))
    marks = [
        word
        for word, holds in (
            ("SIMULATED", recording.is_simulated),
            ("PARTIAL", recording.is_partial),
        )
        if holds
    ]
    return "  ".join([*marks, *(part for part in parts if part)])


def timing(recording: Recording) -> str:
    """Return the number of sweeps, their length and sampling rate, and the whole duration."""
    if not recording.sweeps:
        return "no sweeps"
    lengths = [sweep.duration for sweep in recording.sweeps]
    rates = {t.sampling_rate for s in recording.sweeps for t in s.traces.values()}
    count = len(recording.sweeps)
    sweeps = f"{count} sweep{'s' if count > 1 else ''} of {_span(lengths, 'ms')}"
    return f"{sweeps} at {_span(rates, 'kHz')}, {format_quantity(recording.duration, 'ms')} in all"


def modes(recording: Recording) -> str:
    """Return the clamp modes in words."""
    words = [mode.value.replace("_", " ") for mode in recording.clamp_modes]
    return " and ".join(words) if words else "clamp mode unknown"


def channel_rows(recording: Recording) -> list[Row]:
    """Return name, role, unit, electrode and evidence of each channel."""
    return [
        (c.name, c.role.value, c.unit or "(none)", c.electrode, c.evidence)
        for c in recording.channels
    ]


def epoch_rows(recording: Recording) -> list[Row]:
    """Return label, kind, level, start and duration of each epoch, over all sweeps."""
    rows: dict[tuple[str, str, int], list[Epoch]] = {}
    for sweep in recording.sweeps:
        for place, epoch in enumerate(sweep.epochs):
            rows.setdefault((epoch.label, epoch.channel, place), []).append(epoch)
    units = {channel.name: channel.unit for channel in recording.channels}
    table: list[Row] = []
    for (label, channel, _), epochs in rows.items():
        levels = [epoch.level for epoch in epochs if epoch.level is not None]
        unit = units.get(channel, "")
        kinds = "/".join(dict.fromkeys(epoch.kind.value for epoch in epochs))
        level = _span(levels, unit) if levels else "unknown"
        starts = _span([epoch.start for epoch in epochs], "ms")
        table.append(
            (label, kinds, level, starts, _span([e.duration for e in epochs], "ms"), channel)
        )
    return table


def tag_rows(recording: Recording) -> list[Row]:
    """Return time and text of each tag."""
    return [(format_quantity(tag.time, "ms"), tag.text) for tag in recording.tags]


def correction_rows(recording: Recording) -> list[Row]:
    """Return name, channel, value, and whether it is in the values, of each correction."""
    rows: list[Row] = []
    for done in recording.corrections:
        entry = TERMS.get(done.name)
        unit = "" if entry is None or entry.dimension == "count" else entry.unit
        value = format_quantity(done.value, unit)
        state = "applied" if done.applied else "not applied"
        if done.sweeps is not None:
            state += f" to sweeps {', '.join(map(str, done.sweeps))}"
        rows.append((done.name, done.channel, value, state))
    return rows


def unknown_rows(recording: Recording) -> list[Row]:
    """Return what the file does not hold, each with its consequence or evidence."""
    rows: list[Row] = [
        (f.subject, f.evidence) for f in recording.findings if f.basis is Basis.UNKNOWN
    ]
    for channel in recording.responses:
        missing = recording.unknown_rig_fields(channel)
        if missing:
            words = ", ".join(name.replace("_", " ") for name in missing)
            rows.append((f"amplifier of {channel.name}", words))
    return rows


def inapplicable_rows(recording: Recording) -> list[Row]:
    """Return which settings the amplifier of a response does not have."""
    return [
        (f"amplifier of {channel.name}", f"two electrodes have no {', '.join(names)}")
        for channel in recording.responses
        if (names := [n.replace("_", " ") for n in recording.inapplicable_rig_fields(channel)])
    ]


def _span(values: object, unit: str) -> str:
    numbers = sorted(set(values))  # type: ignore[call-overload]
    low, high = numbers[0], numbers[-1]
    ends = (format_quantity(low, unit), format_quantity(high, unit))
    return " .. ".join(dict.fromkeys(ends))


def _columns(rows: list[Row], indent: str = "  ") -> list[str]:
    """Align the cells of rows; what is too long for the line goes on below, in the last column."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    lines = []
    for row in rows:
        first = indent + "".join(f"{c:<{w}}  " for c, w in zip(row, widths, strict=False))
        room = max(_WIDTH - len(first), _WIDTH // 3)
        parts = wrap(row[-1], room, break_long_words=False, break_on_hyphens=False) or [""]
        lines.append((first + parts[0]).rstrip())
        lines += [" " * len(first) + part for part in parts[1:]]
    return lines


def as_text(recording: Recording) -> str:
    """Return the text repr."""
    lines = [f"Recording  {headline(recording)}"]
    lines.append(f"  {timing(recording)}; {modes(recording)}")
    if recording.provenance.protocol:
        lines.append(f"  protocol {recording.provenance.protocol!r}")
    if recording.channels:
        lines.append("channels")
        lines += _columns(channel_rows(recording))
    epochs = epoch_rows(recording)
    if epochs:
        lines.append("epochs (level, start, duration)")
        lines += _columns(epochs[:_EPOCHS_SHOWN])
        if len(epochs) > _EPOCHS_SHOWN:
            lines.append(f"  ... and {len(epochs) - _EPOCHS_SHOWN} more")
    if recording.tags:
        lines.append("tags")
        lines += _columns(tag_rows(recording)[:_TAGS_SHOWN])
        if len(recording.tags) > _TAGS_SHOWN:
            lines.append(f"  ... and {len(recording.tags) - _TAGS_SHOWN} more")
    corrections = correction_rows(recording)
    if corrections:
        lines.append("corrections")
        lines += _columns(corrections)
    unknown = unknown_rows(recording)
    if unknown:
        lines.append("unknown")
        lines += _columns(unknown)
    inapplicable = inapplicable_rows(recording)
    if inapplicable:
        lines.append("not applicable")
        lines += _columns(inapplicable)
    if recording.problems:
        lines.append("problems")
        lines += [f"  {problem}" for problem in recording.problems]
    return "\n".join(lines)


def _table(title: str, head: Row, rows: list[Row]) -> str:
    if not rows:
        return ""
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows[:_ROWS_SHOWN]
    )
    more = len(rows) - _ROWS_SHOWN
    rest = f"<p>... and {more} more</p>" if more > 0 else ""
    return f"<h4>{escape(title)}</h4><table><tr>{heads}</tr>{body}</table>{rest}"


def as_html(recording: Recording) -> str:
    """Return the HTML repr, self-contained and escaped."""
    protocol = recording.provenance.protocol
    return "".join(
        (
            '<div class="loligo-recording">',
            f"<h3>Recording {escape(headline(recording))}</h3>",
            f"<p>{escape(timing(recording))}; {escape(modes(recording))}</p>",
            f"<p>protocol {escape(repr(protocol))}</p>" if protocol else "",
            _table(
                "channels",
                ("name", "role", "unit", "electrode", "determined by"),
                channel_rows(recording),
            ),
            _table(
                "epochs",
                ("label", "kind", "level", "start", "duration", "channel"),
                epoch_rows(recording),
            ),
            _table("tags", ("time", "text"), tag_rows(recording)),
            _table(
                "corrections",
                ("name", "channel", "value", "state"),
                correction_rows(recording),
            ),
            _table("unknown", ("what", "note"), unknown_rows(recording)),
            _table("not applicable", ("what", "note"), inapplicable_rows(recording)),
            _table("problems", ("what",), [(problem,) for problem in recording.problems]),
            "</div>",
        )
    )
