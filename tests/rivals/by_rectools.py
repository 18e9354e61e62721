"""RecTools: its EASE, asked with the histories of whoever asks."""

import numpy as np
import pandas as pd
from rectools.dataset import Dataset, IdMap, Interactions
from rectools.models import EASEModel
from scipy import sparse


def ease(question, *, regularization):
    """A linear map from titles to titles in closed form."""
    known = Dataset.construct(_rows(question.train))
    model = EASEModel(regularization=regularization).fit(known)

    def recommend():
        people = np.arange(len(question.viewers))
        # Its matrix of histories ends at the last title that anyone has watched, and would not meet that of the
        # model: one more viewer, who is not asked for, has watched them all.
        watched = sparse.vstack([question.asked, np.ones((1, len(question.titles)))])
        ids = IdMap.from_values(np.arange(len(people) + 1))
        entries = Interactions.from_raw(_rows(watched), ids, known.item_id_map)
        told = Dataset(ids, known.item_id_map, entries)
        lists = model.recommend(people, dataset=told, k=question.n, filter_viewed=True)
        found = np.full((len(people), question.n), -1)
        found[lists["user_id"], lists["rank"] - 1] = lists["item_id"]
        return found

    return recommend


def _rows(watched):
    pairs = watched.tocoo()
    table = pd.DataFrame({"user_id": pairs.row, "item_id": pairs.col})
    return table.assign(weight=1.0, datetime=pd.Timestamp("2000-01-01"))
