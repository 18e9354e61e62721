"""The package ``implicit``: viewers who are new are folded in, except by BPR, which knows only its own."""

import numpy as np


def als(question, *, factors, regularization, alpha, iterations):
    """Alternating least squares."""
    from implicit.als import AlternatingLeastSquares  # noqa: PLC0415

    return _fitted(
        AlternatingLeastSquares(
            factors=factors,
            regularization=regularization,
            alpha=alpha,
            iterations=iterations,
            random_state=0,
        ),
        question,
        recalculate_user=not question.all_known,
    )


def bpr(question, *, factors, learning_rate, regularization, iterations):
    """Bayesian personalized ranking."""
    from implicit.bpr import BayesianPersonalizedRanking  # noqa: PLC0415

    return _fitted(
        BayesianPersonalizedRanking(
            factors=factors,
            learning_rate=learning_rate,
            regularization=regularization,
            iterations=iterations,
            random_state=0,
        ),
        question,
    )


def item_knn(question, *, weighting, neighbours):
    """Neighbours by cosine, TF-IDF or BM25."""
    from implicit import nearest_neighbours as known  # noqa: PLC0415

    kinds = {
        "cosine": known.CosineRecommender,
        "tfidf": known.TFIDFRecommender,
        "bm25": known.BM25Recommender,
    }
    return _fitted(kinds[weighting](K=neighbours), question)


def _fitted(model, question, **more):
    model.fit(question.train, show_progress=False)
    rows = question.rows if question.all_known else np.arange(len(question.viewers))

    def recommend():
        ids, scores = model.recommend(rows, question.asked, N=question.n, **more)
        return np.where(np.isfinite(scores) & (scores > np.finfo(np.float32).min), ids, -1)

    return recommend
