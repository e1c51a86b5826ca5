"""The `doorstep` command as an operator types it."""
