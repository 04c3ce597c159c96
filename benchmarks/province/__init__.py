"""A synthetic province under guard, of any size and always of the same character."""
