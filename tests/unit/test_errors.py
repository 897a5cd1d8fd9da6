"""Errors: their messages, and the built-in errors they also are."""

import pickle

import pytest

from loligo import errors
from loligo.errors import MissingMetadataError, ReadError, UndeterminedError, suggest


@pytest.mark.parametrize(
    ("kind", "built_in"),
    [
        (errors.UnitError, ValueError),
        (errors.SelectionError, LookupError),
        (errors.MissingDependencyError, ImportError),
        (errors.MissingFileError, FileNotFoundError),
        (errors.DamagedFileError, ValueError),
        (errors.UnknownFormatError, ValueError),
        (errors.UndeterminedError, ValueError),
        (errors.WriteError, ValueError),
    ],
)
def test_each_is_the_built_in_a_caller_expects(kind, built_in):
    assert issubclass(kind, errors.LoligoError)
    assert issubclass(kind, built_in)


def test_a_read_error_says_file_reason_and_remedy():
    error = ReadError("/somewhere/cell.abf", "it is empty", "Look for the original")
    assert str(error) == "cell.abf: it is empty. Look for the original"
    assert str(ReadError("cell.abf", "it is empty")) == "cell.abf: it is empty"


def test_errors_travel_between_processes():
    error = UndeterminedError("a.abf", "why", "Pass response=")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.reason, again.remedy) == (str(error), "why", "Pass response=")


def test_missing_metadata_names_each_field():
    error = MissingMetadataError("DANDI asks for", ["subject_id", "species"])
    assert error.fields == ("subject_id", "species")
    assert str(error) == "DANDI asks for: subject_id, species"


def test_suggestions():
    assert suggest("voltge", ["voltage", "current"]).startswith("did you mean 'voltage'? ")
    assert suggest("x", []) == "allowed: nothing"
    assert suggest("qqq", ["b", "a"]) == "allowed: a, b"
