"""THE VOICE. What to say, to whom, how, and what came of it. No Flask, no SQL, no portal."""
