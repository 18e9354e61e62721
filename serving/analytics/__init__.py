"""Takes in what viewers did, and keeps their histories."""
