"""The commands of the serving room."""
