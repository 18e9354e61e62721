"""What a recommender is, how it learns, how it is judged."""
