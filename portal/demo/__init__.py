"""A real delivery day, played through the public API."""
