"""What the models see of a viewer, in words, and what the viewer says of it."""
