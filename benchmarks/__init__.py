"""How fast the portal is, each figure a ratio to a ceiling measured in the same run with the same server."""
