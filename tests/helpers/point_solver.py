"""A point neuron's `PointEquations` solved by SciPy, spikes located inside a step."""

import numpy as np
from equation_source import Source
from scipy.integrate import solve_ivp


def spikes(equations, current, duration, cut=None):
    """Spike times [ms] at a constant current [pA]; `cut` is a lower threshold [mV] to count at,
    for upstrokes too steep to be followed to the peak."""
    source = Source(equations.defaults)
    states = ["v", *(flow.state for flow in equations.flows)]
    arguments = ["i_injected", *states]
    for name in arguments:
        source.name(name)
    rates = [source.text(equations.rate), *(source.text(flow.rate) for flow in equations.flows)]
    slopes = source.function(arguments, rates)
    assigned = dict(equations.reset.assignments)
    after = [
        source.text(assigned[name]) if name in assigned else source.name(name) for name in states
    ]
    reset = source.function(arguments, after)
    constants = [source.text(flow.initial) for flow in equations.flows]
    threshold, refractory, *initial = source.function(
        [],
        [
            source.text(equations.reset.threshold),
            source.text(equations.reset.refractory),
            *constants,
        ],
    )()
    cut = threshold if cut is None else cut

    def reached(_, y):
        return y[0] - cut

    reached.terminal, reached.direction = True, 1.0
    y, begin, times = [equations.initial_potential, *initial], 0.0, []
    while begin < duration:
        found = solve_ivp(
            lambda _, y: slopes(current, *y),
            (begin, duration),
            y,
            "DOP853",
            events=reached,
            rtol=1e-12,
            atol=1e-12,
        )
        assert found.success, found.message
        if not found.t_events[0].size:
            break
        times.append(found.t_events[0][0])
        y = reset(current, *found.y_events[0][0])
        begin = times[-1] + refractory
    return np.array(times)
