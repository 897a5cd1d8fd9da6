"""Every estimate that is refused over the development recordings, with its reason.

``python -m benchmarks.refusals [-o TABLE.csv]`` reads each file with the options its notes
give and prints a line for each refused estimate of a recording (those of single sweeps counted);
files that cannot be read are lines of their own.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.recordings import folder, options_of
from loligo.recording.io.options import checked_options
from loligo.report.result import examine

COLUMNS = ("file", "name", "epoch", "channel", "status", "sweeps", "reason")


def rows() -> Iterator[dict[str, Any]]:
    """Yield every refusal."""
    for file, options in options_of().items():
        result = examine(folder() / file, checked_options(**options))
        blank = dict.fromkeys(COLUMNS, "")
        if not result.is_ok:
            yield {**blank, "file": file, "status": result.status.value, "reason": result.reason}
        counted: Counter[tuple[str, ...]] = Counter()
        for estimate in result.estimates:
            if estimate.is_ok:
                continue
            key = (estimate.name, estimate.epoch, estimate.channel, estimate.status.value)
            counted[(*key, estimate.reason)] += 0 if estimate.sweep is None else 1
        for (name, epoch, channel, status, reason), sweeps in counted.items():
            values = (file, name, epoch, channel, status, sweeps or "", reason)
            yield dict(zip(COLUMNS, values, strict=True))


def main() -> None:
    """Print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    stream = given.output.open("w", encoding="utf-8", newline="") if given.output else sys.stdout
    writer = csv.DictWriter(stream, COLUMNS)
    writer.writeheader()
    writer.writerows(rows())
    if given.output:
        stream.close()


if __name__ == "__main__":
    main()
