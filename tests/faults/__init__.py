"""What breaks, and what must hold: short rounds as tests, long ones as modules with `run(figures)`."""
