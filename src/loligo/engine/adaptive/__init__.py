"""The error-controlled stepper: rates, their Jacobian, and steps as long as accuracy lets.

For stiff clamps and for reference solutions. It runs the same `Request` as the other targets.
"""
