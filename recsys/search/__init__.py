"""Search of titles by name, person and genre: the index of a catalog, and how a question to it is read and answered."""
