"""`loligo ions ghk`: the potential at which the currents of several ions cancel."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from loligo.cli.ions.shared import (
    Inside,
    Json,
    Outside,
    Plot,
    Temperature,
    answer,
    measured,
    refusing,
    table,
)


def ghk(
    permeabilities: Annotated[
        list[str],
        typer.Argument(metavar="ION=P...", help="Relative permeabilities: K=1 Na=0.04 Cl=0.45"),
    ],
    inside: Inside,
    outside: Outside,
    temperature: Temperature,
    json: Json = False,
    plot: Plot = None,
) -> None:
    """Goldman-Hodgkin-Katz potential of mono- and divalent ions."""
    weights = _permeabilities(permeabilities)
    with refusing(plot):
        from loligo.ions.given import temperature_of
        from loligo.ions.potentials import goldman, reversal_potentials
        from loligo.ions.sides import free_ions
        from loligo.ions.species import species

        named = {species(ion).name: weight for ion, weight in weights.items()}
        found = goldman(named, outside=outside, inside=inside, temperature=temperature)
        sides = {"inside": free_ions(inside, "inside"), "outside": free_ions(outside, "outside")}
        alone = reversal_potentials(outside, inside, temperature)
        celsius = temperature_of(temperature)
        values = {
            "temperature": measured(celsius, "degC"),
            "ions": [
                {
                    "ion": ion,
                    "permeability": weight,
                    **{name: measured(side.get(ion, 0.0), "mM") for name, side in sides.items()},
                    "nernst_potential": measured(alone[ion], "mV") if ion in alone else None,
                }
                for ion, weight in named.items()
            ],
            "ghk_potential": measured(found, "mV"),
        }
        rows = [
            [
                ion,
                f"{weight:g}",
                *(f"{side.get(ion, 0.0):.4g} mM" for side in sides.values()),
                f"{alone[ion]:.2f} mV" if ion in alone else "one side only",
            ]
            for ion, weight in named.items()
        ]
        head = ["ion", "permeability", "inside", "outside", "Nernst potential"]
        text = f"V = {found:.2f} mV   GHK potential at {celsius:g} degC\n{table(head, rows)}"

        def draw() -> Any:
            from loligo.plot.ions import draw_ghk

            return draw_ghk(named, sides["outside"], sides["inside"], celsius)

        answer(text, values, draw, plot, json=json)


def _permeabilities(texts: list[str]) -> dict[str, float]:
    """Return what ``K=1 Na=0.04`` says."""
    found: dict[str, float] = {}
    for text in texts:
        ion, equals, value = text.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not ion or not equals or not 0 <= number < float("inf"):
            raise typer.BadParameter(f"{text!r}: write an ion and its permeability, K=1")
        if ion in found:
            raise typer.BadParameter(f"the permeability of {ion!r} is given twice")
        found[ion] = number
    return found
