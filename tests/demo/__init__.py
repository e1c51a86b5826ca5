"""The demo's pieces, without a server: the town, the cast, the driver, the script, the answers."""
