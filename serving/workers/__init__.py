"""Several processes that answer on one port: their parent hands each connection to the one that has the fewest."""
