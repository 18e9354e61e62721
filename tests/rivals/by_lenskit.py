"""LensKit, asked viewer by viewer with their histories, as its interface has it."""

import numpy as np
import pandas as pd
from lenskit import recommend as ask
from lenskit.als import ImplicitMFScorer
from lenskit.data import ItemList, RecQuery, from_interactions_df
from lenskit.knn import ItemKNNScorer
from lenskit.pipeline import topn_pipeline


def als(question, *, factors, regularization, weight, epochs):
    """Alternating least squares for implicit feedback."""
    scorer = ImplicitMFScorer(
        embedding_size=factors, regularization=regularization, weight=weight, epochs=epochs
    )
    return _fitted(scorer, question)


def item_knn(question, *, neighbours):
    """Neighbours by cosine."""
    return _fitted(ItemKNNScorer(max_nbrs=neighbours, feedback="implicit"), question)


def _fitted(scorer, question):
    pairs = question.train.tocoo()
    watched = from_interactions_df(pd.DataFrame({"user_id": pairs.row, "item_id": pairs.col}))
    pipeline = topn_pipeline(scorer, n=question.n)
    pipeline.train(watched)

    def recommend():
        found = np.full((len(question.viewers), question.n), -1)
        for row, viewer in enumerate(question.rows):
            history = ItemList(item_ids=question.asked[row].indices)
            who = int(viewer) if viewer >= 0 else None
            ids = ask(pipeline, RecQuery(user_id=who, user_items=history)).ids()
            found[row, : len(ids)] = ids
        return found

    return recommend
