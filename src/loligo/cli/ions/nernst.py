"""`loligo ions nernst`: where an ion is in equilibrium, and what drives it elsewhere."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from loligo.cli.ions.shared import Json, Plot, Temperature, answer, measured, refusing

_SIDE = "Concentration, '140 mM', or the solution that holds the ion."


def nernst(
    ion: Annotated[str, typer.Argument(metavar="ION", help="K, Na, Cl, Ca, ...")],
    inside: Annotated[str, typer.Option("--in", metavar="CONCENTRATION", help=_SIDE)],
    outside: Annotated[str, typer.Option("--out", metavar="CONCENTRATION", help="As --in.")],
    temperature: Temperature,
    valence: Annotated[
        int | None,
        typer.Option("--valence", metavar="N", help="Of an ion that is in no table."),
    ] = None,
    potential: Annotated[
        str | None,
        typer.Option("--potential", metavar="V", help="Tell what drives the ion at '-70 mV'."),
    ] = None,
    activities: Annotated[
        str,
        typer.Option("--activities", metavar="LAW", help="none, or davies between two solutions."),
    ] = "none",
    json: Json = False,
    plot: Plot = None,
) -> None:
    """Nernst potential of an ion, and the direction of its current."""
    with refusing(plot):
        from loligo.ions.equilibrium import DrivingForce, charge_text
        from loligo.ions.given import temperature_of
        from loligo.ions.potentials import nernst as calculated
        from loligo.ions.species import species, valence_of
        from loligo.units import quantity

        z = valence_of(ion, valence)
        name = ion if valence is not None else species(ion).name
        sides = [_side(given) for given in (outside, inside)]
        known: Any = activities
        found = float(
            calculated(
                ion,
                outside=sides[0],
                inside=sides[1],
                temperature=temperature,
                valence=z,
                activities=known,
            )
        )
        levels = [
            _level(side, name, given) for side, given in zip(sides, ("out", "in"), strict=True)
        ]
        celsius = temperature_of(temperature)
        values = {
            "ion": name,
            "valence": z,
            "inside": measured(levels[1], "mM"),
            "outside": measured(levels[0], "mM"),
            "temperature": measured(celsius, "degC"),
            "activities": activities,
            "nernst_potential": measured(found, "mV"),
        }
        text = (
            f"E({name}{charge_text(z)}) = {found:.2f} mV   {levels[1]:.4g} mM inside, "
            f"{levels[0]:.4g} mM outside, {celsius:g} degC"
        )
        if activities != "none":
            text += ", activities by Davies' equation"
        if potential is not None:
            v = quantity(potential, "voltage", name="potential")
            force = DrivingForce(name, z, v, found)
            values["driving_force"] = measured(force.value, "mV")
            values["direction"] = force.in_words()
            text += f"\nat {v:g} mV: {force.in_words()}"

        def draw() -> Any:
            from loligo.plot.ions import draw_nernst

            return draw_nernst(name, z, levels[0], levels[1], celsius)

        answer(text, values, draw, plot, json=json)


def _side(given: str) -> Any:
    """Return a concentration as it is, and the solution of anything else."""
    from loligo.ions.sides import solution_of

    return given if given.strip()[:1] in "+-.0123456789" else solution_of(given)


def _level(side: Any, ion: str, name: str) -> float:
    from loligo.ions.given import amount_of

    return amount_of(side, name) if isinstance(side, str) else float(side.free(ion))
