"""What was watched, told to whoever watched it; and of all viewers together only what hides each of them."""
