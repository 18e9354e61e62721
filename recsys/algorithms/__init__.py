"""The algorithms, and the registry through which a declaration finds them."""
