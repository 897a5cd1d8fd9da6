"""Scripts that make what the repository ships (example, figure) and check its house rules."""
