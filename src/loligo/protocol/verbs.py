"""The verbs of a protocol, and epochs from sentences and from tables of fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from loligo.errors import LoligoError, ModelError, suggest
from loligo.protocol.epoch import Epoch, split_sentence
from loligo.protocol.levels import Hold, Pulses, Ramp, Shock, Step
from loligo.protocol.oscillations import Sine, Zap
from loligo.protocol.sampled import Noise, Wave

AnyEpoch = Annotated[
    Hold | Step | Ramp | Pulses | Sine | Zap | Noise | Wave | Shock, Field(discriminator="verb")
]
"""An epoch of any verb."""

VERBS: dict[str, type[Epoch]] = {
    kind.name(): kind for kind in (Hold, Step, Ramp, Pulses, Sine, Zap, Noise, Wave, Shock)
}
"""The class of each verb."""


def parse_epoch(text: str) -> Epoch:
    """Read one epoch from its sentence.

    Parameters
    ----------
    text : str
        Such as ``"step -60..60 mV by 10 mV for 500 ms as test"``.

    Returns
    -------
    Epoch

    Raises
    ------
    ModelError
        An unknown verb or word, a clause missing or twice, or a value that cannot be read.

    Examples
    --------
    >>> parse_epoch("hold for 0.1 s as baseline")
    parse_epoch('hold for 100 ms as baseline')
    """
    words = text.split()
    try:
        kind = _kind(words[0] if words else "")
        return kind.from_clauses(split_sentence(kind, words[1:]))
    except LoligoError as error:
        raise ModelError(f"{text!r}: {error}") from error


def as_epoch(value: Any) -> Epoch:
    """Return an epoch from itself, its sentence, or its fields by name.

    Raises
    ------
    ModelError
        See `parse_epoch`.
    """
    if isinstance(value, Epoch):
        return value
    if isinstance(value, str):
        return parse_epoch(value)
    if isinstance(value, Mapping):
        fields = dict(value)
        verb = str(fields.pop("verb", ""))
        try:
            return _kind(verb).of(fields)
        except LoligoError as error:
            raise ModelError(f"{verb or 'epoch'}: {error}") from error
    raise ModelError(f"an epoch is a sentence or a table of fields; got {value!r}")


def _kind(verb: str) -> type[Epoch]:
    if verb not in VERBS:
        raise ModelError(f"no verb {verb!r}; {suggest(verb, VERBS)}")
    return VERBS[verb]
