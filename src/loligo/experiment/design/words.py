"""A design in words: a table of results, and a sentence for each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from loligo.analysis.digits import unit_symbol
from loligo.analysis.wording import readable
from loligo.experiment.design.summary import Condition, Design, Row

HEADINGS = ("result", "truth", "mean", "bias", "SD", "RMS", "interval", "held", "refused")


def as_text(design: Design, names: Sequence[str] = ()) -> str:
    """Return a design as lines of text.

    Parameters
    ----------
    design : Design
    names : sequence of str
        Results to show; all that a value was given for by default.
    """
    lines = [design.experiment]
    for condition in design.conditions:
        head = f"{design.vary} = {condition.value}: " if design.vary else ""
        lines.append(f"{head}{condition.repeats} recordings")
        for reason, count in condition.failures:
            lines.append(f"  {count} came to nothing: {reason}")
        lines += table(chosen(condition, names))
    return "\n".join(lines)


def chosen(condition: Condition, names: Sequence[str] = ()) -> tuple[Row, ...]:
    """Return the rows of some names; of all that have a truth and a value by default."""
    if names:
        return tuple(condition.row(name) for name in names)
    return tuple(row for row in condition.rows if row.truth is not None and row.given)


def table(rows: Iterable[Row]) -> list[str]:
    """Return rows as aligned lines."""
    cells = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(HEADINGS))]
    return [
        "  " + "  ".join(
            text.ljust(width) if i == 0 else text.rjust(width)
            for i, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]  # fmt: skip


def _cells(row: Row) -> tuple[str, ...]:
    unit = unit_symbol(row.term.display_unit)
    name = readable(row.name) + (f" ({row.epoch})" if row.epoch else "")
    fine = row.shown(row.bias_error) or row.shown(row.scatter)
    coverage = row.coverage
    return (
        f"{name} [{unit}]" if unit else name,
        digits(row.shown(row.truth), fine),
        digits(row.shown(row.mean), fine),
        f"{digits(row.shown(row.bias), fine, sign=True)} \N{PLUS-MINUS SIGN} "
        f"{digits(row.shown(row.bias_error), fine)}",
        digits(row.shown(row.scatter), fine),
        digits(row.shown(row.rms), fine),
        f"\N{PLUS-MINUS SIGN} {digits(row.shown(row.reach), fine)}",
        "\N{EN DASH}" if coverage is None else f"{coverage:.0%}",
        str(row.count - row.given) if row.count > row.given else "",
    )


def digits(value: float | None, fine: float | None, *, sign: bool = False) -> str:
    """Write a number with the digits that its error gives meaning to."""
    if value is None or not math.isfinite(value):
        return "\N{EN DASH}"
    size = fine if fine else abs(value) / 100
    places = min(max(1 - math.floor(math.log10(size)), 0), 5) if size > 0 else 2
    text = f"{value:+z.{places}f}" if sign else f"{value:z.{places}f}"
    return text.replace("-", "\N{MINUS SIGN}")


def sentence(row: Row) -> str:
    """Say how wrong one result is.

    Examples
    --------
    >>> row = Row("activation_midpoint", "", 50, 50, (), -33.1, 0.5, -29.0, "the cell", -4.1,
    ...           0.07, 0.5, 4.13, 0.6, 0, 50)
    >>> sentence(row).split(";")[0]
    'activation midpoint: −4.100 ± 0.070 mV off (−29.000 mV is true)'
    """
    unit = unit_symbol(row.term.display_unit)
    name = readable(row.name) + (f" of {row.epoch}" if row.epoch else "")
    if not row.given:
        return f"{name}: never given; {_refused(row)}"
    fine = row.shown(row.bias_error) or row.shown(row.deviation)
    if row.truth is None:
        told = f"{name}: {digits(row.shown(row.mean), fine)} {unit} in the mean, nothing to compare"
    else:
        told = (
            f"{name}: {digits(row.shown(row.bias), fine, sign=True)} \N{PLUS-MINUS SIGN} "
            f"{digits(row.shown(row.bias_error), fine)} {unit} off "
            f"({digits(row.shown(row.truth), fine)} {unit} is true)"
        )
    parts = [told.replace("  ", " ")]
    if row.scatter is not None:
        parts.append(
            f"a single recording scatters by {digits(row.shown(row.scatter), fine)} {unit}"
        )
    if row.with_interval:
        parts.append(
            f"{row.held} of {row.with_interval} intervals (\N{PLUS-MINUS SIGN} "
            f"{digits(row.shown(row.reach), fine)} {unit}) hold the truth"
        )
    if row.refused:
        parts.append(_refused(row))
    return "; ".join(parts)


def _refused(row: Row) -> str:
    return ", ".join(f"{count} refused ({status})" for status, count, _ in row.refused)


def reasons(rows: Iterable[Row]) -> list[str]:
    """Say once for each status why results were refused, in the words of the first refusal."""
    first: dict[tuple[str, str], None] = {}
    for row in rows:
        for status, _, reason in row.refused:
            first.setdefault((status, reason))
    return [f"{status}, for example: {reason}" for status, reason in first]


def as_document(design: Design) -> dict[str, Any]:
    """Return a design as plain values, numbers in the units people expect."""
    return {
        "experiment": design.experiment,
        "vary": design.vary,
        "conditions": [_condition(condition) for condition in design.conditions],
    }


def _condition(condition: Condition) -> dict[str, Any]:
    return {
        "value": condition.value,
        "recordings": condition.repeats,
        "failures": [{"reason": reason, "count": n} for reason, n in condition.failures],
        "results": [_result(row) for row in condition.rows],
    }


def _result(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "epoch": row.epoch,
        "unit": row.term.display_unit,
        "truth": row.shown(row.truth),
        "truth_from": row.source,
        "mean": row.shown(row.mean),
        "bias": row.shown(row.bias),
        "bias_error": row.shown(row.bias_error),
        "sd": row.shown(row.scatter if row.scatter is not None else row.deviation),
        "rms": row.shown(row.rms),
        "interval_half_width": row.shown(row.reach),
        "coverage_95": row.coverage,
        "coverage_interval": row.coverage_interval,
        "n": row.count,
        "given": row.given,
        "refused": [
            {"status": status, "count": count, "reason": reason}
            for status, count, reason in row.refused
        ],
    }
