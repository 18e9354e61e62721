"""Pages made again: each as it was, from its bundle and what was known of the viewer then."""
