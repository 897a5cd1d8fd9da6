"""Point neurons, simulated exactly from event to event.

Between two spikes the leaky and the quadratic neuron move in closed form under a constant current;
all others, and any shaped current, go through the error-controlled stepper to a time that Newton's
method finds. Resets and refractory periods fall on no grid.
"""
