"""`loligo ions donnan`: equilibrium with charges that cannot leave."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from loligo.cli.ions.shared import (
    Json,
    Outside,
    Plot,
    Temperature,
    answer,
    measured,
    refusing,
    table,
)


def donnan(
    outside: Outside,
    fixed_charge: Annotated[
        str,
        typer.Option(
            "--fixed-charge",
            metavar="CONCENTRATION",
            help="Net charge inside that cannot leave: '-140 mM' for 140 mM of univalent anions.",
        ),
    ],
    temperature: Temperature,
    json: Json = False,
    plot: Plot = None,
) -> None:
    """Donnan equilibrium: potential, and what is inside."""
    with refusing(plot):
        from loligo.ions.given import temperature_of
        from loligo.ions.potentials import donnan_equilibrium
        from loligo.ions.sides import free_ions
        from loligo.units import quantity

        names, found = donnan_equilibrium(outside, fixed_charge, temperature)
        ions = free_ions(outside, "outside")
        fixed = quantity(fixed_charge, "concentration", name="fixed charge")
        celsius, potential = temperature_of(temperature), float(found.potential)
        inside = dict(zip(names, (float(c) for c in found.inside), strict=True))
        values = {
            "temperature": measured(celsius, "degC"),
            "fixed_charge": measured(fixed, "mM"),
            "ratio": float(found.ratio),
            "ions": [
                {
                    "ion": ion,
                    "outside": measured(ions[ion], "mM"),
                    "inside": measured(amount, "mM"),
                }
                for ion, amount in inside.items()
            ],
            "donnan_potential": measured(potential, "mV"),
        }
        rows = [[ion, f"{ions[ion]:.6g} mM", f"{amount:.6g} mM"] for ion, amount in inside.items()]
        text = (
            f"V = {potential:.4g} mV   with {fixed:+g} mM of fixed charge inside, "
            f"{celsius:g} degC; ratio {float(found.ratio):.6g}\n"
            + table(["ion", "outside", "inside"], rows)
        )

        def draw() -> Any:
            from loligo.plot.ions import draw_donnan

            return draw_donnan(ions, fixed, celsius)

        answer(text, values, draw, plot, json=json)
