"""Contours of somata for tests, as SWC and as Neurolucida files."""

import numpy as np

PYRAMIDAL = np.array(
    [
        *((255.82, 28.81), (257.78, 30.46), (260.32, 31.66), (263.28, 31.16), (266.17, 28.84)),
        *((268.61, 26.44), (270.67, 25.72), (272.68, 23.21), (273.91, 19.92), (274.09, 15.19)),
        *((272.78, 10.69), (268.53, 6.72), (262.29, 5.24), (257.02, 7.60), (253.81, 9.24)),
        *((254.26, 9.35), (253.47, 12.73), (254.45, 16.55), (254.10, 20.05), (255.03, 22.06)),
        (255.71, 25.20),
    ]
)
"""The soma [um] of the thick-tufted layer 5 cell C060114A7 of the Blue Brain Project, which is
distributed with BluePyOpt and Arbor, in its own plane."""


def ellipse(n, long, wide, turned=0.0, center=(0.0, 0.0)):
    """Points on an ellipse of two half axes [um]."""
    t = np.linspace(0.0, 2.0 * np.pi, n, endpoint=False)
    x, y = long * np.cos(t), wide * np.sin(t)
    return np.stack(
        [
            center[0] + x * np.cos(turned) - y * np.sin(turned),
            center[1] + x * np.sin(turned) + y * np.cos(turned),
        ],
        axis=1,
    )


def pear():
    """A lopsided outline of 24 points."""
    t = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
    r = 9.0 + 1.5 * np.cos(3.0 * t + 0.4) + np.sin(2.0 * t)
    return np.stack([1.4 * r * np.cos(t) + 3.0, r * np.sin(t) - 7.0], axis=1)


SOMATA = {
    "pyramidal": PYRAMIDAL,
    "circle": ellipse(40, 10.0, 10.0),
    "ellipse": ellipse(40, 15.0, 6.0, 0.5, (3.0, 4.0)),
    "few points": ellipse(12, 12.0, 8.0, 1.1),
    "pear": pear(),
}


def as_swc(points, radius=0.2, *, closed=False):
    """The contour as a chain of points of type 1, with a dendrite on the first."""
    rows = [*points, *([points[0]] if closed else [])]
    lines = [f"{i} 1 {x!r} {y!r} 0 {radius} {i - 1 or -1}" for i, (x, y) in enumerate(rows, 1)]
    x, y = points[0]
    last = len(rows)
    lines += [
        f"{last + 1} 3 {x!r} {y + 2!r} 0 1 1",
        f"{last + 2} 3 {x!r} {y + 50!r} 0 1 {last + 1}",
    ]
    return "\n".join(lines).replace("np.float64(", "").replace(")", "")


def as_neurolucida(points):
    """The same contour and dendrite as Neurolucida writes them."""
    soma = "\n".join(f"  ({x:.6f} {y:.6f} 0.0 0.4)" for x, y in points)
    x, y = points[0]
    dendrite = "\n".join(f"  ({x:.6f} {y + s:.6f} 0.0 2.0)" for s in (2, 26, 50))
    return (
        ";\tV3 text file written for MicroBrightField products.\n"
        f'("CellBody"\n  (CellBody)\n{soma}\n)\n( (Dendrite)\n{dendrite}\n)\n'
    )
