"""Choosing hyperparameters: a search on validation data alone, whose result is a change for review."""
