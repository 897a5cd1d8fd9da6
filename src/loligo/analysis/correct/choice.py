"""Which of several estimates of one name a correction uses."""

from __future__ import annotations

from collections.abc import Iterable

from loligo.analysis.estimate import Estimate
from loligo.errors import CorrectionError, suggest


def chosen(estimates: Iterable[Estimate], name: str, epoch: str | None) -> Estimate:
    """Return the first estimate of the recording with a value (of an epoch, where named).

    Raises
    ------
    CorrectionError
        None has a value; the message has the reasons.
    """
    whole = [e for e in estimates if e.name == name and e.sweep is None]
    what = name.replace("_", " ")
    if epoch is not None:
        labels = {e.epoch for e in whole if e.epoch}
        whole = [e for e in whole if e.epoch == epoch]
        if not whole:
            raise CorrectionError(f"{what}: nothing of epoch {epoch!r}; {suggest(epoch, labels)}")
    for entry in whole:
        if entry.is_ok and entry.value is not None:
            return entry
    reasons = dict.fromkeys(e.reason for e in whole if e.reason)
    why = "; ".join(reasons) or "the recording has no step to tell it from"
    raise CorrectionError(f"{what} was not found ({why}); give its value")
