"""What somebody who knows a few titles of a viewer learns from data that name nobody."""
