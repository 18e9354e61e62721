"""LightFM without features, by WARP; it knows only viewers whom it learned from."""

import numpy as np
from lightfm import LightFM

BLOCK = 1024


def warp(question, *, components, learning_rate, epochs, item_alpha):
    """Weighted approximate-rank pairwise loss."""
    model = LightFM(
        no_components=components,
        loss="warp",
        learning_rate=learning_rate,
        item_alpha=item_alpha,
        random_state=0,
    )
    model.fit(question.train.tocoo(), epochs=epochs, num_threads=2)

    def recommend():
        biases, titles = model.get_item_representations()
        viewers = model.get_user_representations()[1][question.rows]
        found = []
        for start in range(0, len(viewers), BLOCK):
            rows = slice(start, start + BLOCK)
            found.append(question.best(viewers[rows] @ titles.T + biases, rows))
        return np.concatenate(found)

    return recommend
