"""From facts to a roster: one formulation, several ways to attack it, always with a bound."""
