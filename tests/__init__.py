"""The tests: rules, voice, flows, doors, words, walls, a day told end to end, and the browser."""
