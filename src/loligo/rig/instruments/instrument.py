"""`Instrument`: an amplifier by its name, with the controls on it; it makes the `Rig` they set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from loligo.cell.description import Description, FrozenMapping
from loligo.cell.quantity import In
from loligo.errors import ModelError, SelectionError, suggest
from loligo.rig.digitizer import CurrentGain
from loligo.rig.filters import OutputFilter
from loligo.rig.instruments.control import Control, Range
from loligo.rig.instruments.settings import CONVERTED, fields_of, nested
from loligo.rig.model_cells import ModelCell
from loligo.rig.pipette import Pipette
from loligo.rig.rig import Rig
from loligo.units import quantity

Mode = Literal["voltage clamp", "current clamp"]
Voltage = Annotated[float, In("voltage", positive=True)]

_MODES = ("voltage clamp", "current clamp")


class Headstage(Description):
    """A headstage, or a range of one: what its feedback resistor decides.

    Parameters
    ----------
    label : str
        As the instrument calls it.
    feedback_resistance : quantity
        The current is measured, or injected, through it.
    current_gain : quantity
        Of the output in voltage clamp at an output gain of 1, ``"1 mV/pA"``.
    voltage_gain : float
        Of the output in current clamp at an output gain of 1.
    control : mapping of str to Range
        Ranges that are not the same for all headstages.
    source : str
    checked : bool
        Whether the numbers were read in the source.
    """

    label: str
    feedback_resistance: Annotated[float, In("resistance", positive=True)]
    current_gain: Annotated[float, CurrentGain("resistance", positive=True)]
    voltage_gain: Annotated[float, In("fraction", positive=True)] = 1.0
    control: FrozenMapping[Range] = Field(default=FrozenMapping())
    source: str = ""
    checked: bool = True


class Instrument(Description):
    """A patch-clamp amplifier with its documented controls.

    Parameters
    ----------
    name, maker, source, notes : str
    filter : Bessel, Butterworth or OnePole
        Of the output, with the corner it has where no control sets one.
    headstage : mapping of str to Headstage
    control : mapping of str to Control
    saturation : quantity, optional
        Where its stages saturate, of either sign; left out: not found documented.
    saturation_source : str
    command_potential, predicted_potential : quantity, optional
        Largest command; largest command with what prediction adds to it.
    command_source : str
    """

    kind: Literal["instrument"] = "instrument"
    name: str
    maker: str = ""
    source: str = ""
    notes: str = ""
    filter: OutputFilter
    headstage: FrozenMapping[Headstage]
    control: FrozenMapping[Control]
    saturation: Voltage | None = None
    saturation_source: str = ""
    command_potential: Voltage | None = None
    predicted_potential: Voltage | None = None
    command_source: str = ""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for name, headstage in self.headstage.items():
            for own in headstage.control:
                if own not in self.control:
                    raise ModelError(f"headstage.{name}.control: there is no control {own!r}")
        for name, control in self.control.items():
            for target in (*control.voltage_clamp, *control.current_clamp):
                if "." not in target and target not in CONVERTED:
                    raise ModelError(
                        f"control.{name} sets {target!r}; {suggest(target, CONVERTED)}"
                    )
        return self

    def where(self, headstage: Headstage) -> str:
        """Return the name with that of a headstage."""
        return f"{self.name}, {headstage.label}"

    def range_of(self, name: str, headstage: str) -> Range:
        """Return what a control can be set to with a headstage.

        Raises
        ------
        SelectionError
            There is no such control or headstage.
        """
        if name not in self.control:
            raise SelectionError(f"{self.name} has no {name!r}; {suggest(name, self.control)}")
        return self._chosen(headstage).control.get(name, self.control[name])

    def rig(
        self,
        mode: Mode,
        pipette: Pipette | ModelCell | Mapping[str, Any],
        *,
        headstage: str = "",
        settings: Mapping[str, Any] | None = None,
        noise: Mapping[str, Any] | None = None,
        digitizer: Mapping[str, Any] | None = None,
        saturation: Any = None,
    ) -> Rig:
        """Return the rig that the instrument is at its settings.

        Parameters
        ----------
        mode : str
            ``"voltage clamp"`` or ``"current clamp"``.
        pipette : Pipette, ModelCell or mapping
            Of a model cell, its electrode.
        headstage : str
            Its name; needed where there are several.
        settings : mapping of str to quantity
            By the names of the controls; what is left out is off, a filter at its widest.
        noise : mapping, optional
            As of `Noise`, without the feedback resistor; left out: no noise.
        digitizer : mapping, optional
            As of `Digitizer`, without gains that a control sets.
        saturation : quantity, optional
            Where the stages saturate, instead of the documented value.

        Raises
        ------
        SelectionError
            No such mode, headstage or control.
        ModelError, UnitError
            A setting out of range or of another unit, or one that the model has nothing for.
        """
        if mode not in _MODES:
            raise SelectionError(f"mode = {mode!r}; {suggest(str(mode), _MODES)}")
        chosen = self._chosen(headstage)
        made = nested(fields_of(self, chosen, mode, dict(settings or {})))
        said = pipette.pipette() if isinstance(pipette, ModelCell) else pipette
        written: dict[str, Any] = {
            "name": f"{self.where(chosen)}, {mode}",
            "source": self.source,
            "pipette": said.written() if isinstance(said, Pipette) else dict(said),
            "amplifier": {"kind": mode, **made.get("amplifier", {})},
            "filter": {**self.filter.written(), **made.get("filter", {})},
            "noise": None if noise is None else self._noise(chosen, noise),
            "digitizer": self._digitizer(chosen, mode, digitizer or {}, made.get("digitizer", {})),
            "limits": self._limits(chosen, saturation),
        }
        return Rig(**written)

    def _chosen(self, name: str) -> Headstage:
        if not name and len(self.headstage) == 1:
            return next(iter(self.headstage.values()))
        if name not in self.headstage:
            listed = ", ".join(self.headstage)
            raise SelectionError(f"{self.name}: headstage = {name!r}; it has {listed}")
        return self.headstage[name]

    def _noise(self, headstage: Headstage, noise: Mapping[str, Any]) -> dict[str, Any]:
        if "feedback_resistance" in noise:
            raise ModelError(
                f"noise.feedback_resistance is that of the headstage, {headstage.label}; leave it "
                "out"
            )
        return {**noise, "feedback_resistance": f"{headstage.feedback_resistance!r} GOhm"}

    def _digitizer(
        self, headstage: Headstage, mode: str, given: Mapping[str, Any], made: Mapping[str, Any]
    ) -> dict[str, Any]:
        gain = "current_gain" if mode == "voltage clamp" else "voltage_gain"
        if twice := set(given) & {"current_gain", "voltage_gain"}:
            raise ModelError(
                f"digitizer.{min(twice)} is that of the instrument's output; set its gain instead"
            )
        unity: dict[str, Any] = {
            "current_gain": f"{headstage.current_gain!r} mV/pA",
            "voltage_gain": headstage.voltage_gain,
        }
        return {**given, gain: unity[gain], **made}

    def _limits(self, headstage: Headstage, saturation: Any) -> dict[str, str] | None:
        """Return where it saturates: the headstage at the potential over its feedback resistor."""
        swing = self.saturation
        if saturation is not None:
            swing = quantity(saturation, "voltage", name="saturation")
        found: dict[str, str] = {}
        if swing is not None:
            current = f"{swing / headstage.feedback_resistance!r} pA"
            found |= {"output": f"{swing!r} mV"}
            found |= {"headstage_current": current, "command_current": current}
        for name in ("command_potential", "predicted_potential"):
            value = getattr(self, name)
            if value is not None:
                found[name] = f"{value!r} mV"
        return found or None
