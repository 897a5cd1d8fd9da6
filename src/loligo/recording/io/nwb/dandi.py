"""What the DANDI archive asks of an NWB file beyond the format itself."""

from __future__ import annotations

import re
from datetime import datetime

from loligo.recording.provenance import Subject
from loligo.recording.recording import Recording

_SPECIES = re.compile(r"[A-Z][a-z]+ [a-z]+|http://purl\.obolibrary\.org/obo/NCBITaxon_\d+")
_DURATION = r"P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+(\.\d+)?D)?(T(\d+H)?(\d+M)?(\d+S)?)?"
_AGE = re.compile(rf"{_DURATION}(/({_DURATION})?)?")
_SEXES = ("M", "F", "U", "O")


def missing_metadata(recording: Recording, subject: Subject | None = None) -> tuple[str, ...]:
    """Return the names of the fields DANDI asks for and the recording lacks.

    Parameters
    ----------
    recording : Recording
    subject : Subject, optional
        In place of the recording's own.

    Returns
    -------
    tuple of str
        Empty where nothing is missing. A field that is there in a form DANDI refuses is named with
        the form it asks for.
    """
    animal = subject if subject is not None else recording.provenance.subject
    checks = (
        ("subject_id", animal.subject_id, "/" not in animal.subject_id, "without slashes"),
        (
            "species",
            animal.species,
            _SPECIES.fullmatch(animal.species) is not None,
            "Latin binomial such as 'Mus musculus'",
        ),
        ("sex", animal.sex, animal.sex in _SEXES, "one of M, F, U, O"),
        (
            "age or date_of_birth",
            animal.age or animal.date_of_birth,
            _AGE.fullmatch(animal.age) is not None if animal.age else _is_date(animal),
            "age as ISO 8601 duration such as 'P90D', date_of_birth as ISO 8601 date",
        ),
    )
    missing = [
        name if not told else f"{name} ({form}; is {told!r})"
        for name, told, fits, form in checks
        if not told or not fits
    ]
    if recording.start_time is None:
        missing.append("session_start_time")
    return tuple(missing)


def _is_date(animal: Subject) -> bool:
    try:
        datetime.fromisoformat(animal.date_of_birth)
    except ValueError:
        return False
    return True
