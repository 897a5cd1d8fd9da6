"""`loligo ions ljp`: the liquid junction potential between a pipette and its bath."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from loligo.cli.ions.shared import SOLUTIONS, Json, Plot, answer, measured, refusing


def ljp(
    pipette: Annotated[str, typer.Argument(metavar="PIPETTE", help=SOLUTIONS)],
    bath: Annotated[str, typer.Argument(metavar="BATH", help="As PIPETTE.")],
    temperature: Annotated[
        str, typer.Option("--temperature", metavar="TEMPERATURE", help="Of the junction.")
    ] = "20 degC",
    json: Json = False,
    plot: Plot = None,
) -> None:
    """Liquid junction potential: stationary (Nernst-Planck), and by Henderson's equation."""
    with refusing(plot):
        from loligo.ions.junction import METHODS, junction_arrays, liquid_junction_potential

        found = {
            method: liquid_junction_potential(pipette, bath, temperature, method=method)
            for method in METHODS
        }
        celsius = junction_arrays(pipette, bath, temperature)[-1]
        values: dict[str, Any] = {
            "pipette": pipette,
            "bath": bath,
            "temperature": measured(celsius, "degC"),
            "definition": "potential of the bath relative to the pipette",
            **{name: measured(value, "mV") for name, value in found.items()},
        }
        text = (
            f"LJP = {found['stationary']:.2f} mV   bath relative to pipette, {celsius:g} degC, "
            f"stationary (Henderson's equation: {found['henderson']:.2f} mV)\n"
            f"V_membrane = V_measured - LJP: -60.00 mV measured are "
            f"{-60.0 - found['stationary']:.2f} mV"
        )

        def draw() -> Any:
            from loligo.plot.solutions import draw_junction

            return draw_junction(pipette, bath, temperature)

        answer(text, values, draw, plot, json=json)
