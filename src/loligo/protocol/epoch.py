"""What all epochs share: a label, a place in a sweep, and the sentence that says one.

A sentence is a verb, a main value, and clauses that each begin with a word: ``step -40 mV for
400 ms as tail``. Each class of epoch lists its clauses once; that table parses and prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar, Self

from pydantic import field_validator

from loligo.errors import ModelError, suggest
from loligo.protocol.fields import Frozen
from loligo.protocol.segment import Segment
from loligo.protocol.series import LEVELS, Series
from loligo.units import is_unit

LABEL = "as"


@dataclass(frozen=True, slots=True)
class Clause:
    """A word of a sentence and the field it gives.

    Attributes
    ----------
    word : str
        ``""`` for the main value, which follows the verb.
    field : str
    flag : object
        Where it is not ``None`` the word stands alone and means this value.
    """

    word: str
    field: str
    flag: Any = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an epoch is played: the sweep, its interval [ms] and the levels around it."""

    sweep: int
    start: float
    stop: float
    before: float
    holding: float

    def level(self, entry: Series | None) -> float:
        """Return a level as the command has it; the holding level where none is given."""
        if entry is None:
            return self.holding
        return entry.at(self.sweep) + (self.holding if entry.above_holding else 0.0)


class Epoch(Frozen):
    """A stretch of the command with one rule and, if it is to be found again, a label."""

    verb: str
    label: str = ""

    clauses: ClassVar[tuple[Clause, ...]]

    def __init__(self, **fields: Any) -> None:
        super().__init__(**fields)

    @field_validator("label")
    @classmethod
    def _of_words(cls, label: str) -> str:
        if label != " ".join(label.split()):
            raise ModelError(f"label = {label!r} must be words with single spaces between")
        return label

    def varying(self) -> Iterator[tuple[str, Series]]:
        """Yield every field that may differ between sweeps, by name."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, Series):
                yield name, value

    def dimensions(self) -> Iterator[tuple[str, str]]:
        """Yield every field that decides the clamp, by name, with the dimension commanded."""
        for name, entry in self.varying():
            if entry.dimension in LEVELS:
                yield name, entry.dimension

    def charge_at(self, sweep: int) -> float | None:
        """Return the charge delivered in a sweep, ``None`` where the epoch is no shock."""
        return None

    def counts(self) -> Iterator[tuple[str, int]]:
        """Yield for how many sweeps each varying field has values."""
        for name, entry in self.varying():
            if entry.varies:
                yield name, len(entry)

    def check(self, sweep: int) -> None:
        """Refuse values that do not go together in a sweep.

        Raises
        ------
        ModelError
        """

    def length(self, sweep: int) -> float:
        """Return how long the epoch lasts in a sweep [ms]."""
        duration: Series = getattr(self, "duration")  # noqa: B009
        return duration.at(sweep)

    def segments(self, place: Place) -> tuple[Segment, ...]:
        """Return the smooth stretches of the epoch at its place, without gaps."""
        raise NotImplementedError

    # Sentences --------------------------------------------------------------------------------

    def said(self) -> Iterator[tuple[str, str]]:
        """Yield word and text of each clause that differs from the default."""
        for clause in self.clauses:
            value = getattr(self, clause.field)
            if clause.flag is not None:
                if value == clause.flag:
                    yield clause.word, ""
            elif value != type(self).model_fields[clause.field].default:
                yield clause.word, str(value)

    def __str__(self) -> str:
        words = [self.verb]
        words += [part for pair in self.said() for part in pair if part]
        return " ".join([*words, *([LABEL, self.label] if self.label else [])])

    def __repr__(self) -> str:
        return f"parse_epoch({str(self)!r})"

    @classmethod
    def words(cls) -> tuple[str, ...]:
        """Return the words that begin a clause."""
        return (*(clause.word for clause in cls.clauses if clause.word), LABEL)

    @classmethod
    def from_clauses(cls, pairs: Sequence[tuple[str, str]]) -> Self:
        """Make the epoch of a sentence's clauses.

        Parameters
        ----------
        pairs : sequence of (str, str)
            Word and text of each; the main value's word is ``""``.

        Raises
        ------
        ModelError
            A clause twice or missing, or a value that cannot be read.
        """
        table = {clause.word: clause for clause in cls.clauses}
        given: dict[str, Any] = {}
        for word, text in pairs:
            if word == LABEL:
                name, value = "label", text
            else:
                clause = table.get(word)
                if clause is None:
                    raise ModelError(f"{cls.name()} takes no value; {text!r} is in the way")
                name, value = clause.field, text if clause.flag is None else clause.flag
                if clause.flag is not None and text:
                    raise ModelError(f"{word!r} stands alone; {text!r} is in the way")
            if name in given:
                raise ModelError(f"{name} is given twice")
            given[name] = value
        return cls.of(given)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Make the epoch of its fields by name, each as text or value.

        Raises
        ------
        ModelError
            A field is missing or unknown, or cannot be read.
        """
        fields = cls.model_fields
        for name in given:
            if name not in fields or name == "verb":
                known = suggest(name, set(fields) - {"verb"})
                raise ModelError(f"{cls.name()} has no {name!r}; {known}")
        words = {clause.field: clause.word for clause in cls.clauses}
        for name, field in fields.items():
            if field.is_required() and name not in given:
                after = f" (after {words[name]!r})" if words.get(name) else ""
                raise ModelError(f"{cls.name()} needs its {name}{after}")
        return cls(**given)

    @classmethod
    def name(cls) -> str:
        """Return the verb."""
        return str(cls.model_fields["verb"].default)


def split_sentence(kind: type[Epoch], words: Sequence[str]) -> list[tuple[str, str]]:
    """Return word and text of each clause of a sentence, whose verb is already read.

    Raises
    ------
    ModelError
        A word that is neither one of the verb's nor part of a value.
    """
    known = kind.words()
    pairs: list[tuple[str, list[str]]] = [("", [])]
    for place, word in enumerate(words):
        if word == LABEL:
            pairs.append((LABEL, list(words[place + 1 :])))
            break
        if word in known:
            pairs.append((word, []))
            continue
        meant = get_close_matches(word, known, n=1) if word.isalpha() else []
        if meant and word not in _IN_VALUES and not is_unit(word):
            raise ModelError(f"{word!r} has no meaning here; did you mean {meant[0]!r}?")
        pairs[-1][1].append(word)
    if pairs[-1][0] == LABEL and not pairs[-1][1]:
        raise ModelError("the label after 'as' is missing")
    return [(word, " ".join(text)) for word, text in pairs if word or text]


_IN_VALUES = ("by", "above", "holding")
