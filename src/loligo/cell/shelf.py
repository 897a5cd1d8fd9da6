"""Descriptions that come with the package: the TOML files of a folder, by name."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from loligo.errors import SelectionError, suggest


@dataclass(frozen=True, slots=True)
class Shelf:
    """The TOML files of a package.

    Attributes
    ----------
    package : str
        Its dotted name.
    called : str
        What the shelf is called in a message: ``"the catalogue"``.
    """

    package: str
    called: str

    def names(self) -> tuple[str, ...]:
        """Return the names of its files, without their ending."""
        found = (item.name for item in files(self.package).iterdir())
        return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))

    def text(self, name: str) -> str:
        """Return the text of a file.

        Raises
        ------
        SelectionError
            There is none of that name.
        """
        if name not in self.names():
            raise SelectionError(f"{name!r} is not in {self.called}; {suggest(name, self.names())}")
        return files(self.package).joinpath(f"{name}.toml").read_text(encoding="utf-8")
