"""The few functions that generated kernels call, one module a target and precision."""
