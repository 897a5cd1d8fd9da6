"""Spike times of the catalogue's neurons by public codes.

Those of NEURON are those that Open Source Brain keeps with its copies of the authors' files
(backward Euler, steps of 0.1 to 0.0025 ms), those of Brian2 2.9.0 were computed with its
fourth-order Runge-Kutta method and steps of 0.005 ms.
"""

from loligo.cell.catalogue import load
from loligo.cell.cell import Cell
from loligo.cell.equations import equations

# (cell, changed parameters), pieces (ms, pA), spike times [ms]
NEURON = {
    "pospischil2008_rs": (
        {},
        [(300.0, 0.0), (400.0, 750.0)],
        [320.554, 348.522, 387.944, 456.69, 592.105],
    ),
    "pospischil2008_fs": (
        {},
        [(300.0, 0.0), (402.0, 500.0)],
        [
            *(317.023, 337.195, 357.367, 377.539, 397.711, 417.882, 438.054, 458.226, 478.398),
            *(498.569, 518.741, 538.913, 559.085, 579.257, 599.428, 619.6, 639.772, 659.944),
            *(680.115, 700.299),
        ],
    ),
    "pospischil2008_ib": (
        {},
        [(500.0, 0.0), (2000.0, 150.0)],
        [
            *(617.724, 624.632, 631.103, 637.789, 644.914, 652.68, 661.434, 672.11),
            *(1156.905, 1486.81, 1807.117, 2120.93, 2432.391),
        ],
    ),
    "pospischil2008_ib, repeated bursts": (
        {"channel.ca_l.conductance": 0.22},
        [(500.0, 0.0), (2000.0, 150.0)],
        [
            *(617.697, 622.346, 626.612, 630.869, 635.178, 639.553, 644.0, 648.522, 653.122),
            *(657.806, 662.577, 667.44, 672.402, 677.469, 682.648, 687.949, 693.381, 698.957),
            *(704.691, 710.601, 716.71, 723.047, 729.65, 736.575, 743.901, 751.762, 760.416),
            *(770.556, 1287.094, 1296.316, 1305.34, 1315.424, 1328.521, 1794.168, 1808.667),
            *(1831.64, 2261.846, 2284.857),
        ],
    ),
    "pospischil2008_lts": (
        {},
        [(400.0, 0.0), (400.0, 150.0)],
        [431.422, 445.188, 517.236, 720.421],
    ),
}
HAY_TEST = [306.305, 320.058, 334.613, 349.898, 365.493, 381.205, 396.96]
BRIAN = {
    "traub_miles1991": (
        [(200.0, 0.0), (50.0, 800.0)],
        [37.895, 110.075, 182.25, 204.555, 213.325, 222.085, 230.85, 239.61, 248.37],
    ),
    "wang_buzsaki1996": ([(100.0, 10.0)], [11.74, 28.495, 45.245, 61.995, 78.745, 95.495]),
}


def hay_with_all_channels():
    """The soma with the M current too, the densities, pool and pieces of the public test, and the
    potential [mV] it starts from: cell, changed parameters, pieces, start."""
    written = load("hay2011_soma").written()
    written["channel"]["im"] = load("hay2011_im").written()
    cell = Cell(**written)
    densities = {"nata_t": 300.0, "skv3_1": 293.0, "sk_e2": 0.08}
    changes = {f"channel.{name}.conductance": value for name, value in densities.items()}
    changes |= {"pool.ca.fraction": 0.05, "pool.ca.decay": 80.0}
    # NEURON's rates are those of 34 degC at any temperature: 6.3 degC acts on E_Ca alone.
    changes["temperature"] = 6.3
    paths = equations(cell).defaults
    changes |= {path: 6.3 - 13.0 for path in paths if path.endswith(".reference_temperature")}
    return cell, changes, [(100.0, 0.0), (100.0, -10.0), (100.0, 0.0), (100.0, 50.0)], -90.0
