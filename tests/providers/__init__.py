"""Each carrier against a double on its wire."""
