"""The numbers of the Rosenbrock method Rodas5P, and how it chooses its steps.

Eight stages, fifth order with an embedded fourth, stiffly accurate and L-stable, with a dense
output of fourth order [1]_. In the form that needs no product with the Jacobian ``J``, stage i is

    (1 / (gamma h) - J) k_i = f(t + NODE_i h, y + sum_j A_ij k_j)
                              + sum_j C_ij k_j / h + DRIFT_i h df/dt

the new value ``y + sum_j A_8j k_j + k_8``, and ``k_8`` the estimate of the error. Within a step

    y(x) = y0 + x (y1 - y0) + x (1 - x) (d_1 + x (d_2 + x d_3)),  d_m = sum_j DENSE_mj k_j

References
----------
.. [1] Steinebach 2023, https://doi.org/10.1007/s10543-023-00967-x
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from loligo.engine.support.places import MEMORY

GAMMA = 0.21193756319429014
STAGES = 8


def _lower(rows: list[list[float]]) -> np.ndarray:
    table = np.zeros((STAGES, STAGES))
    for i, row in enumerate(rows):
        table[i, : len(row)] = row
    return table


_SIXTH = [-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256,
          0.030198172008377946]  # fmt: skip

A = _lower(
    [
        [],
        [3.0],
        [2.849394379747939, 0.45842242204463923],
        [-6.954028509809101, 2.489845061869568, -10.358996098473584],
        [2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641],
        _SIXTH,
        [*_SIXTH, 1.0],
        [*_SIXTH, 1.0, 1.0],
    ]
)
C = _lower(
    [
        [],
        [-14.155112264123755],
        [-17.97296035885952, -2.859693295451294],
        [147.12150275711716, -1.41221402718213, 71.68940251302358],
        [165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306],
        [24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125,
         -0.6610691825249471],
        [30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783,
         -19.097331116725623, -28.087943162872662],
        [37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047,
         -40.06618937091002, -54.66780262877968, -9.48861652309627],
    ]
)  # fmt: skip
NODE = np.array(
    [0.0, 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664,
     1.0, 1.0, 1.0]
)  # fmt: skip
DRIFT = np.array(
    [0.21193756319429014, -0.42387512638858027, -0.3384627126235924, 1.8046452872882734,
     2.325825639765069, 0.0, 0.0, 0.0]
)  # fmt: skip
DENSE = np.array(
    [
        [25.948786856663858, -2.5579724845846235, 10.433815404888879, -2.3679251022685204,
         0.524948541321073, 1.1241088310450404, 0.4272876194431874, -0.17202221070155493],
        [-9.91568850695171, -0.9689944594115154, 3.0438037242978453, -24.495224566215796,
         20.176138334709044, 15.98066361424651, -6.789040303419874, -6.710236069923372],
        [11.419903575922262, 2.8879645146136994, 72.92137995996029, 80.12511834622643,
         -52.072871366152654, -59.78993625266729, -0.15582684282751913, 4.883087185713722],
    ]
)  # fmt: skip


@njit(error_model="numpy")
def next_size(size: float, error: float, memory: Any) -> float:
    """Return the size of the next step, after one whose error was `error` times the allowed.

    Parameters
    ----------
    size : float [ms]
    error : float
    memory : ndarray
        From `MEMORY` on, size and error of the last step that was accepted, and 1 where the last
        one was not. Taken and kept.

    Notes
    -----
    The predictive controller of Gustafsson 1994, https://doi.org/10.1145/198429.198437
    """
    if not error < 1e10:
        memory[MEMORY + 2] = 1.0
        return 0.1 * size
    factor = min(6.0, max(0.2, 0.9 * float(max(error, 1e-10) ** -0.2)))
    if error > 1.0:
        memory[MEMORY + 2] = 1.0
        return factor * size
    if memory[MEMORY] > 0.0:
        trend = 0.9 * size / memory[MEMORY] * (memory[MEMORY + 1] / max(error, 1e-10) ** 2) ** 0.2
        factor = min(factor, 6.0, max(0.2, trend))
    if memory[MEMORY + 2] > 0.0:
        factor = min(factor, 1.0)
    memory[MEMORY], memory[MEMORY + 1], memory[MEMORY + 2] = size, max(error, 0.01), 0.0
    return factor * size
