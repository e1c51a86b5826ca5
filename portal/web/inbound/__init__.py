"""Doors for other systems: each signs as it does, says what it says, and we read it in our words."""
