"""Concrete carriers, each one file with both directions. Named in the wiring alone."""
