"""Any protocol on a cell's equations, solved by SciPy piece by piece to 1e-11."""

from equation_solver import Solver
from scipy.integrate import solve_ivp

from loligo.cell import equations


def final_states(cell, protocol, sweep=0):
    """States at the end of a sweep by name, under a current or an ideal voltage clamp."""
    lowered = equations(cell)
    solver = Solver(lowered)
    held = protocol.dimension == "voltage"
    per = 0.01 * solver.values["area"] if protocol.dimension == "current_density" else 1.0
    y = solver.initial(protocol.rest(sweep) if held else None)
    for segment in protocol.segments(sweep):

        def slopes(t, y, segment=segment):
            command = float(segment.value(t))
            if held:
                return [0.0, *solver.rates(command, *y[1:])[1:]]
            total, *rates = solver.rates(*y)
            return [(command * per - total) / solver.capacitance, *rates]

        y[0] += segment.charge * per / solver.capacitance
        found = solve_ivp(
            slopes, (segment.start, segment.stop), y, "LSODA", rtol=1e-11, atol=1e-13, max_step=0.1
        )
        assert found.success, found.message
        y = found.y[:, -1]
    if held:
        y[0] = protocol.segments(sweep)[-1].end
    return dict(zip(["v", *lowered.states], y.tolist(), strict=True))
