"""Shipments, changes and dispatch against a small model of what must become of them."""
