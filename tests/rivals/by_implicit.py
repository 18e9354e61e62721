"""The package ``implicit``: viewers who are new are folded in, except by BPR, which knows only its own."""

import numpy as np
from implicit import nearest_neighbours as known
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from threadpoolctl import threadpool_limits


def als(question, *, factors, regularization, alpha, iterations):
    """Alternating least squares, its threads its own and none of the algebra's, as the package asks for."""
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=factors,
            regularization=regularization,
            alpha=alpha,
            iterations=iterations,
            random_state=0,
        )
        return _fitted(model, question, recalculate_user=not question.all_known)


def bpr(question, *, factors, learning_rate, regularization, iterations):
    """Bayesian personalized ranking."""
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
