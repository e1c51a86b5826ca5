"""PATHS. One verb per file: load, decide, keep, speak. No HTTP, no commit."""
