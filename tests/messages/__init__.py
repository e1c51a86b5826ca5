"""Messages reviewed as messages."""
