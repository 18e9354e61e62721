"""What a page costs where it is served: a large world, a server over it, and a load that does not wait."""
