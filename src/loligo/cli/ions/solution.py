"""`loligo ions solution`: what a recipe becomes in water."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from loligo.cli.ions.shared import SOLUTIONS, Json, Plot, answer, measured, refusing


def solution(
    name: Annotated[
        str | None,
        typer.Argument(metavar="SOLUTION", help=f"{SOLUTIONS} Left out: the standard ones."),
    ] = None,
    add: Annotated[
        str | None,
        typer.Option("--add", metavar="LIST", help="More of what is weighed in: 'CaCl2 1 mM'."),
    ] = None,
    ph: Annotated[float | None, typer.Option("--ph", metavar="PH", min=0.0, max=14.0)] = None,
    adjusted_with: Annotated[
        str | None,
        typer.Option("--adjusted-with", metavar="BASE", help="KOH, NaOH, CsOH, HCl, CO2, ..."),
    ] = None,
    temperature: Annotated[
        str | None,
        typer.Option("--temperature", metavar="TEMPERATURE", help="In place of the recipe's."),
    ] = None,
    json: Json = False,
    plot: Plot = None,
) -> None:
    """Ions, free and bound, of a solution; its pH, ionic strength and osmolarity."""
    with refusing(plot):
        from loligo.ions.given import temperature_of
        from loligo.ions.sides import listed, recipe_of

        if name is None:
            _list_standard(json=json)
            return
        celsius = None if temperature is None else temperature_of(temperature)
        recipe = recipe_of(name, temperature=celsius, ph=ph, adjusted_with=adjusted_with)
        if add is not None:
            recipe = recipe.plus(listed(add))
        made = recipe.solution()
        values = {
            "name": made.name,
            "source": made.source,
            "notes": made.notes.strip(),
            "temperature": measured(made.temperature, "degC"),
            "ph": made.ph,
            "adjusted_with": made.adjusted_with or None,
            "adjusted": measured(made.adjusted, "mM"),
            "dissolved": [
                {
                    "name": one.name,
                    "valence": one.valence,
                    "concentration": measured(one.concentration, "mM"),
                }
                for one in made.dissolved
            ],
            "ionic_strength": measured(made.ionic_strength, "mM"),
            "charge": measured(made.charge, "mM"),
            "osmolarity_ideal": measured(made.osmolarity(), "mOsm/l"),
            "osmolarity_pitzer": measured(made.osmolarity("pitzer"), "mOsm/l"),
        }
        text = str(made)
        if made.source:
            text += f"\n{made.source}"

        def draw() -> Any:
            from loligo.plot.solutions import draw_solution

            return draw_solution(made)

        answer(text, values, draw, plot, json=json)


def _list_standard(*, json: bool) -> None:
    import json as encoder

    from loligo.cli.ions.shared import table
    from loligo.ions.solutions import names, standard_recipe

    found = {name: standard_recipe(name) for name in names()}
    if json:
        typer.echo(encoder.dumps({name: one.name for name, one in found.items()}))
        return
    rows = [[name, one.name] for name, one in found.items()]
    typer.echo(table(["name", "what"], [[name, what] for name, what in rows]))
