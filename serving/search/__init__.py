"""Search of titles, people and genres, as far as who asks may be shown them."""
