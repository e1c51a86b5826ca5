"""MEMORY. Tables and the few questions we ask of them; one noun per file, rows stay inside."""
