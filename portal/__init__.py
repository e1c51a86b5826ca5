"""The house: data, rules, flows and doors of Doorstep."""
