"""`loligo ions activity`: how much less ions act than their concentration says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from loligo.cli.ions.shared import (
    SOLUTIONS,
    Json,
    Plot,
    Temperature,
    answer,
    measured,
    refusing,
    table,
)

if TYPE_CHECKING:
    from loligo.ions.recipe import Recipe


def activity(
    solution: Annotated[str, typer.Argument(metavar="SOLUTION", help=SOLUTIONS)],
    temperature: Temperature,
    json: Json = False,
    plot: Plot = None,
) -> None:
    """Activity coefficients of the ions in a solution, by several laws."""
    with refusing(plot):
        from loligo.ions.given import temperature_of
        from loligo.ions.sides import recipe_of

        celsius = temperature_of(temperature)
        recipe = recipe_of(solution, temperature=celsius)
        made = recipe.solution()
        rows = _rows(made)
        values: dict[str, Any] = {
            "temperature": measured(celsius, "degC"),
            "ionic_strength": measured(made.ionic_strength, "mM"),
            "ions": rows,
        }
        head = ["ion", "concentration", "limiting law", "extended", "Davies", "activity"]
        cells = [
            [
                row["ion"],
                f"{row['concentration']['value']:.4g} mM",
                *(
                    "-" if row[law] is None else f"{row[law]:.4f}"
                    for law in ("debye_hueckel", "extended_debye_hueckel", "davies")
                ),
                f"{row['activity']['value']:.4g} mM",
            ]
            for row in rows
        ]
        text = (
            f"ionic strength {made.ionic_strength:.4g} mM, {celsius:g} degC; activity by Davies' "
            f"equation\n{table(head, cells)}"
        )
        mean = _mean(recipe)
        if mean is not None:
            salt, coefficient = mean
            values["pitzer"] = {"salt": salt, "mean_activity_coefficient": coefficient}
            text += f"\n  Pitzer's equations: mean coefficient of {salt} {coefficient:.4f}"

        def draw() -> Any:
            from loligo.plot.solutions import draw_activity

            return draw_activity(made)

        answer(text, values, draw, plot, json=json)


def _rows(made: Any) -> list[dict[str, Any]]:
    from loligo.ions.activity import davies, debye_hueckel, extended_debye_hueckel
    from loligo.ions.mobility import MOBILITIES
    from loligo.ions.species import species
    from loligo.ions.water import debye_hueckel_constants

    constants = debye_hueckel_constants(made.temperature)
    strength = 1e-3 * made.ionic_strength
    rows = []
    for one in made.dissolved:
        if not one.valence or not one.concentration:
            continue
        size = species(one.name).diameter if one.name in MOBILITIES else None
        coefficient = float(davies(one.valence, strength, constants))
        extended = None
        if size is not None:
            extended = float(extended_debye_hueckel(one.valence, strength, size, constants))
        rows.append(
            {
                "ion": one.name,
                "concentration": measured(one.concentration, "mM"),
                "debye_hueckel": float(debye_hueckel(one.valence, strength, constants)),
                "extended_debye_hueckel": extended,
                "davies": coefficient,
                "activity": measured(coefficient * one.concentration, "mM"),
            }
        )
    return rows


def _mean(recipe: Recipe) -> tuple[str, float] | None:
    """Return the mean coefficient of a salt that is alone, by Pitzer's equations at 25 degC."""
    from loligo.ions.pitzer import SALTS, pitzer_activity
    from loligo.ions.water import debye_hueckel_constants

    if recipe.ions or len(recipe.compounds) != 1:
        return None
    ((salt, amount),) = recipe.compounds.items()
    if salt not in SALTS:
        return None
    constants = debye_hueckel_constants(recipe.temperature)
    return salt, float(pitzer_activity(salt, 1e-3 * amount, constants.a_phi))
