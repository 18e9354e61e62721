"""The catalog as viewers may see it: a title with all that is known of it, categories, what is new, what is trending."""
