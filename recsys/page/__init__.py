"""The rows of a homepage, composed by pure functions."""
