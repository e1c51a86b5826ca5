"""DOORS. Parse, ask a flow, show; nothing is decided here."""
