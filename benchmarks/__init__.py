"""Measurements: speed against peers in one run, robustness, and round trips over real files."""
