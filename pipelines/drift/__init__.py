"""How far the data and the models have moved since the champion learned: a record, and a page to look at."""
