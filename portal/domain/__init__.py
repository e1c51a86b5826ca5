"""RULES. Standard library only: no clock, no database, no Flask."""
