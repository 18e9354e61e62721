"""The hybrid: candidates from all parts, ordered by a ranker that learned on a later slice than they."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recsys.algorithm import Algorithm
from recsys.context import Context
from recsys.errors import CapacityError
from recsys.ids import InternalIds
from recsys.interactions import Histories, Interactions, Moments
from recsys.ranking import alike, blend, forgetting, kept, parts, schooling, sight
from recsys.ranking.candidates import Candidates, propose
from recsys.ranking.config import HybridConfig
from recsys.ranking.courses import course
from recsys.ranking.features import PairFeatures
from recsys.ranking.index import Index
from recsys.ranking.leaning import Factors, Mask, leaned
from recsys.ranking.order import Order
from recsys.ranking.proposed import Proposed
from recsys.ranking.ranker import Ranker
from recsys.ranking.rights import utc
from recsys.ranking.schooling import RANKED, Exercise
from recsys.titles import Titles
from recsys.topk import FloatMatrix, check_count, checked_mask, top_k


class Hybrid(Algorithm):
    """Two stages: parts propose and score, a LambdaMART orders.

    The parts are fitted on what came before the lessons of a course, the ranker on the lessons, and the
    parts once more on everything. If viewers who did not teach the ranker are served worse by it, beyond
    chance, the best of the votes, the blend and the parts orders instead.

    Parameters
    ----------
    config : HybridConfig
    parts : mapping of str to Algorithm
        By name, as in ``config.parts``.
    ranking_features : type of PairFeatures, optional
        What the ranker sees besides the parts' scores.
    """

    name = "hybrid"
    config_type = HybridConfig
    config: HybridConfig

    order_: NDArray[np.str_]
    """str (1,): what orders the candidates: "ranker", "votes", "blend" or a part's name."""
    collaborative_: NDArray[np.str_]
    """str (1,): the part that served the judges best among those that learn from others' histories."""
    blend_: NDArray[np.float32]
    """float32 (n_parts,): what each part's standard score counts where candidates are shortlisted."""
    left_out_: NDArray[np.str_]
    """str (n_left_out,): parts that refused for want of memory, and are done without."""
    watchers_: NDArray[np.int64]
    """int64 (n_titles,): viewers of each title."""
    moment_: Moments
    """datetime64[s] (1,): a second after the last moment that was learned from."""

    features: PairFeatures | None
    ranker: Ranker | None
    indexes: dict[str, Index]
    reached: dict[str, float]
    """Mean NDCG@10 of the judges, by whatever could order: the ranker, the votes, each part."""
    missing: tuple[str, ...]
    """What could not be read when loading, and is done without."""

    def __init__(
        self,
        config: HybridConfig | None = None,
        *,
        models: Mapping[str, Algorithm] | None = None,
        ranking_features: type[PairFeatures] | None = None,
        **parameters: Any,
    ) -> None:
        super().__init__(config, **parameters)
        self.parts = dict(models or {})
        self.left_out: dict[str, Algorithm] = {}
        self.features_type = ranking_features
        self._forget()

    @property
    def columns(self) -> list[str]:
        """Names of what the ranker sees."""
        return sight.names(self.parts, self.config, self.features_type)

    @property
    def order(self) -> Order:
        """How candidates are ordered; by the votes where a ranker should and is missing."""
        by = str(self.order_[0])
        named = {RANKED: sight.VOTES, sight.VOTES: sight.VOTES, sight.BLEND: sight.BLEND}
        column = named.get(by, f"score_{by}")
        return Order(self.columns, column, self.blend_, self.config.ranker.temper, self.ranker)

    def recommend(
        self,
        histories: Histories,
        n: int,
        *,
        allowed: NDArray[np.bool_] | None = None,
        with_seen: bool = False,
    ) -> tuple[InternalIds, FloatMatrix]:
        """Return the ``n`` best titles of each history, as every algorithm does.

        Features are read as of the end of training; ``answer`` takes the moment of a request. Seen
        titles, if asked for, come where popularity puts them, after what was proposed.
        """
        check_count(n, "hybrid.recommend")
        self._check(histories)
        n_titles = histories.n_titles
        mask = checked_mask(allowed, (len(histories), n_titles), "hybrid.recommend, allowed")
        ids, best = np.empty((len(histories), n), np.int32), np.empty((len(histories), n), "f4")
        size = max(1, schooling.BLOCK_SCORES // max(1, n_titles))
        for rows in (slice(at, at + size) for at in range(0, len(histories), size)):
            block = histories.take(rows).known()
            shut = np.zeros((len(block), n_titles), bool)
            if mask is not None:
                shut |= ~(mask[rows] if mask.ndim == 2 else mask)
            scores = self._proposed(block, shut).among_all(self._score_empty(block))
            scores[shut] = -np.inf
            if not with_seen:
                scores[block.viewers, block.titles] = -np.inf
            ids[rows], best[rows] = top_k(scores, n)
        return ids, best

    def answer(
        self,
        histories: Histories,
        n: int,
        allowed: Mask,
        context: Context,
        factors: Factors | None = None,
    ) -> tuple[InternalIds, FloatMatrix, NDArray[np.object_]]:
        """Return the ``n`` best allowed and unseen titles as of a context, and what proposed each.

        Parameters
        ----------
        allowed : bool (n_titles,)
        factors : float32 (n_titles,), optional; see ``leaned``

        Returns
        -------
        ids, scores
            As ``recommend`` does.
        sources : object (n_histories, n)
            The part that ranks each title highest; "" for padding.
        """
        self._check(histories)
        known = histories.known()
        shut = np.repeat(~allowed[None], len(known), axis=0)
        proposed, popular = self._proposed(known, shut, context), parts.popularity(self.parts)
        if factors is None:
            ids, best = proposed.best(known, shut, parts.popular(self.parts), n)
        else:
            scores = proposed.among_all(self._score_empty(known))
            scores[shut] = scores[known.viewers, known.titles] = -np.inf
            ids, best = top_k(leaned(scores, factors), n)
        return ids, best, proposed.candidates.sources(ids, list(self.parts), popular)

    def save(self, directory: Path) -> None:
        """Write the parts, the ranker, the indexes and the snapshot of the features."""
        super().save(directory)
        kept.save_parts(directory, self.parts, self.reached)
        kept.save_indexes(directory, self.indexes)
        if self.ranker is not None:
            self.ranker.save(directory / kept.RANKER)
        if self.features is not None:
            self.features.save(directory / kept.FEATURES)

    @classmethod
    def load(cls, directory: Path, ranking_features: type[PairFeatures] | None = None) -> Self:
        """Read what ``save`` wrote.

        A ranker, features or an index that cannot be read are named in ``missing``, and done without.

        Parameters
        ----------
        directory : Path
        ranking_features : type of PairFeatures, optional
            What the hybrid was built with.
        """
        model = super().load(directory)
        model.features_type = ranking_features
        model.parts, model.reached = kept.load_parts(directory)
        model.indexes, no_index = kept.load_indexes(directory, parts.with_vectors(model.parts))
        no_ranker: tuple[str, ...] = ()
        if str(model.order_[0]) == RANKED:
            loaded = kept.load_ranker(directory, model.columns, ranking_features)
            model.ranker, model.features, no_ranker = loaded
        model.missing = (*no_ranker, *no_index)
        return model

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        self._forget()
        watched = interactions.histories
        parts.check(self.parts, self.config.parts)
        self.order_ = np.array([sight.VOTES])
        self.parts = parts.remembering(self.parts, self.config.half_lives_days[0])
        if done := self.practise(interactions, titles):
            self._learn_order(done)
        self._take(*parts.fitted(self.parts, interactions, titles))
        others = parts.collaborative(self.parts)
        self.collaborative_ = np.array([max(others, key=lambda one: self.reached.get(one, 0.0))])
        vectors = parts.with_vectors(self.parts)
        self.indexes = {name: Index.build(part.title_vectors_) for name, part in vectors.items()}
        self.watchers_ = np.bincount(watched.titles, minlength=len(titles))
        self.moment_ = watched.occurred_at.max(keepdims=True) + np.timedelta64(1, "s")
        if self.features_type is not None:
            self.features = self.features_type.fit(interactions, titles, self.moment_[0])

    def practise(self, interactions: Interactions, titles: Titles) -> list[Exercise]:
        """Fit the parts on what came earlier and return the lessons of what followed; none if too little."""
        # By first times, since a title watched again later is otherwise missing from the past.
        first = interactions.with_histories(interactions.histories.by_first())
        config, popular = self.config, parts.popular(self.parts).config
        if (given := course(first, config)) is None:
            return []
        days = forgetting.half_life(first, titles, given.moments, popular, config.half_lives_days)
        self.parts = parts.remembering(self.parts, days)
        models, refused = parts.fitted(self.parts, given.earlier, titles)
        self._take({name: self.parts[name] for name in models}, refused)
        self.blend_ = schooling.blended(models, given, titles, config)
        done = schooling.exercises(
            models, given, titles, config, weights=self.blend_, features=self.features_type
        )
        return list(done)

    def _take(self, able: dict[str, Algorithm], refused: dict[str, Algorithm]) -> None:
        """Go on with the parts that are able to learn, and remember the others for another fit."""
        if refused and self.reached:
            had = f"refusals of {list(refused)}, which had learned from less"
            raise CapacityError(expected="memory for all parts", got=had, where="hybrid.parts")
        if refused or not hasattr(self, "blend_"):
            self.blend_ = blend.even(len(able))
        self.parts, self.left_out = able, {**self.left_out, **refused}
        self.left_out_ = np.array(list(self.left_out), np.str_)

    def _learn_order(self, done: list[Exercise]) -> None:
        """Let the lessons show how to order."""
        self.ranker, self.reached = schooling.teach(
            done, self.columns, tuple(self.parts), self.blend_, self.config.ranker
        )
        if self.reached:
            best = max(self.reached, key=self.reached.__getitem__)
            self.order_ = np.array([RANKED if self.ranker else best])

    def _score(self, histories: Histories) -> FloatMatrix:
        shut = np.zeros((len(histories), histories.n_titles), bool)
        return self._proposed(histories, shut).among_all(self._score_empty(histories))

    def popular(self, histories: Histories) -> FloatMatrix:
        """Score all titles by popularity where each viewer is, whatever was watched."""
        return parts.popular(self.parts).score(histories.last(0))

    _score_empty = popular

    def similarities(self, titles: InternalIds) -> FloatMatrix:
        """Score all titles by likeness to each given one, float32 (n_given, n_titles)."""
        return alike.similarities(self.parts, titles, self.watchers_)

    _similarities = similarities

    def _proposed(
        self, histories: Histories, shut: NDArray[np.bool_], context: Context | None = None
    ) -> Proposed:
        candidates = self.candidates(histories, shut)
        if not len(candidates.titles):
            return Proposed(candidates, np.empty(0, np.float32))
        seen = self.seen(histories, candidates, context or Context(now=utc(self.moment_[0])))
        order = self.order.scores(candidates, seen, threads=1 if context else 0)
        return Proposed(candidates, order)

    def candidates(self, histories: Histories, shut: NDArray[np.bool_]) -> Candidates:
        """Return what the parts propose of the unwatched titles that are not shut, the best by the blend."""
        heard = histories.heard()  # as when it was taught
        closed = shut | (heard.lengths == 0)[:, None]
        closed[histories.viewers, histories.titles] = True
        candidates = propose(self.parts, heard, self.config.quota, closed, self.indexes)
        return candidates.shortlist(self.blend_, self.config.shortlist)

    def seen(self, histories: Histories, candidates: Candidates, context: Context) -> FloatMatrix:
        """Return what candidates are ordered by, float32 (n_pairs, n_columns), as of a context."""
        heard = histories.heard()
        columns = sight.columns(self.parts, heard, candidates, self.blend_, self.config)
        if self.ranker is None or self.features is None:
            return columns
        more = self.features(heard, candidates.viewers, candidates.titles, context)
        return np.column_stack([columns, more])

    def _forget(self) -> None:
        every = {**self.parts, **self.left_out}
        self.parts = {name: every.pop(name) for name in self.config.parts if name in every} | every
        self.features = self.ranker = None
        self.left_out, self.indexes, self.reached, self.missing = {}, {}, {}, ()
