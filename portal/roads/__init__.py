"""ROADS. How long a van needs by road: read from a map file, or asked of a routing server. No Flask, no tables."""
