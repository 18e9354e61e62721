"""What an algorithm is: it learns from interactions and maps histories to scores over titles.

No algorithm has a parameter per viewer. The laws that every one obeys are run over the registry
in ``tests/recsys/test_algorithm_laws.py``.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from recsys import arrays
from recsys.errors import BundleError, ConfigError, InputError, NotFittedError
from recsys.ids import IdMap, InternalIds
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles
from recsys.topk import FloatMatrix, check_count, checked_mask, top_k

BLOCK_SCORES = 16_000_000
"""Scores held at once while recommending, which bounds the memory whatever the catalog's size."""

HALF_LIFE_DAYS = 365.0
"""With which the popularity answer forgets. On a later slice of ratings, new viewers' NDCG@10 was .44
with half-lives of 180 to 1460 days against .33 without one."""


class Config(BaseModel):
    """Hyperparameters, stated once: the fields of a subclass, filled from a model's TOML."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Algorithm(ABC):
    """Base of all algorithms.

    A subclass declares ``name``, ``config_type`` and writes ``_fit`` and ``_score``. What it learns
    it keeps in attributes with a trailing underscore (arrays, sparse matrices), which are all
    that ``save`` writes.

    Parameters
    ----------
    config : Config, optional
    **parameters
        Fields of the config, for use by hand: ``EASE(l2=200)``.

    Raises
    ------
    ConfigError
        If a hyperparameter is unknown or out of its range.
    """

    name: ClassVar[str]
    config_type: ClassVar[type[Config]]

    popularity_: FloatMatrix
    """Summed, aged weights of each title, at most 1: the answer to an empty history."""
    title_ids_: IdMap

    def __init__(self, config: Config | None = None, **parameters: Any) -> None:
        try:
            self.config = config or self.config_type(**parameters)
        except ValidationError as error:
            raise ConfigError.of(error, self.name) from None

    def __repr__(self) -> str:
        values = ", ".join(f"{key}={value!r}" for key, value in self.config)
        return f"{type(self).__name__}({values})"

    def fit(self, interactions: Interactions, titles: Titles) -> Self:
        """Learn from interactions, forgetting whatever was learned before.

        Parameters
        ----------
        interactions : Interactions
        titles : Titles
            The same catalog: ``titles.ids == interactions.title_ids``.

        Raises
        ------
        InputError
            If there is nothing to learn from, a weight is no number of at least 0, or the two
            catalogs differ: the model is as it was. Stopped later, it has learned nothing.
        """
        watches = interactions.watches(titles.ids, f"{self.name}.fit")
        self._unlearn()
        try:
            recent = watches.histories.aged(HALF_LIFE_DAYS)
            totals = np.bincount(recent.titles, recent.weights, minlength=len(titles))
            self.popularity_ = (totals / max(totals.max(), 1e-12)).astype(np.float32)
            self.title_ids_ = interactions.title_ids
            self._fit(watches, titles)
        except BaseException:
            self._unlearn()  # half of what is to be learned answers nothing
            raise
        return self

    def score(self, histories: Histories) -> FloatMatrix:
        """Score every title for every history; higher is better.

        Returns
        -------
        float32 (n_histories, n_titles)
            A history that tells the model nothing (empty, of unknown titles alone, of titles that
            nobody watched, or of weights of 0 alone) gets the popularity answer.
        """
        self._check(histories)
        histories = histories.known().heard()
        scores = np.asarray(self._score(histories), np.float32)
        silent = np.flatnonzero((histories.lengths == 0) | ~scores.any(axis=1))
        if len(silent):
            scores[silent] = self._score_empty(histories.take(silent))
        return scores

    def recommend(
        self,
        histories: Histories,
        n: int,
        *,
        allowed: NDArray[np.bool_] | None = None,
        with_seen: bool = False,
    ) -> tuple[InternalIds, FloatMatrix]:
        """Return the ``n`` best titles of each history, best first.

        Parameters
        ----------
        histories : Histories
        n : int
            At least 1.
        allowed : bool (n_titles,) or (n_histories, n_titles), optional
            Which titles may be returned.
        with_seen : bool
            May titles of the history come back.

        Returns
        -------
        ids : int32 (n_histories, n)
            Padded with -1.
        scores : float32 (n_histories, n)
            Padded with ``-inf``.
        """
        check_count(n, f"{self.name}.recommend")
        self._check(histories)
        allowed = checked_mask(
            allowed, (len(histories), histories.n_titles), f"{self.name}.recommend, allowed"
        )
        ids = np.empty((len(histories), n), np.int32)
        best = np.empty((len(histories), n), np.float32)
        block = max(1, BLOCK_SCORES // max(1, histories.n_titles))
        for start in range(0, len(histories), block):
            rows = slice(start, start + block)
            scores = self.score(histories.take(rows))
            if allowed is not None:
                np.copyto(scores, -np.inf, where=~allowed[rows] if allowed.ndim == 2 else ~allowed)
            if not with_seen:
                seen = histories.take(rows).known()
                scores[seen.viewers, seen.titles] = -np.inf
            ids[rows], best[rows] = top_k(scores, n)
        return ids, best

    def similar(self, titles: InternalIds, n: int) -> tuple[InternalIds, FloatMatrix]:
        """Return the ``n`` titles most like each given one, itself left out.

        Parameters
        ----------
        titles : int32 (n_given,)
            Internal ids.
        n : int
            At least 1.

        Returns
        -------
        ids : int32 (n_given, n)
            Padded with -1.
        scores : float32 (n_given, n)
            Padded with ``-inf``.

        Raises
        ------
        InputError
            If an id is not in the catalog.
        """
        check_count(n, f"{self.name}.similar")
        return top_k(self.likeness(titles), n)

    def likeness(self, titles: InternalIds) -> FloatMatrix:
        """Score all titles by likeness to each given one, itself ``-inf``.

        Parameters
        ----------
        titles : int32 (n_given,)

        Returns
        -------
        float32 (n_given, n_titles)
            The caller's to change.

        Raises
        ------
        InputError
            If an id is not in the catalog.
        """
        self._check_fitted()
        titles = np.asarray(titles, np.int32)
        self.title_ids_.check(titles, f"{self.name}.similar")
        scores = np.array(self._similarities(titles), np.float32)
        scores[np.arange(len(titles)), titles] = -np.inf
        return scores

    def voices(self, titles: InternalIds) -> FloatMatrix:
        """Return what each title says of all others if it is all that was watched.

        As ``score``, float32 (n_given, n_titles), but one that tells the model nothing says nothing.
        """
        self._check_fitted()
        return np.asarray(self._score(Histories.single(titles, len(self.title_ids_))), np.float32)

    def save(self, directory: Path) -> None:
        """Write the config and all that was learned: JSON, ``.npy`` and ``.npz``, no pickle."""
        self._check_fitted()
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "config.json").write_text(self.config.model_dump_json(indent=1) + "\n")
        ids = json.dumps(self.title_ids_.values.tolist(), ensure_ascii=False)
        (directory / "title_ids.json").write_text(ids + "\n")
        for attribute in self._learned():
            if attribute != "title_ids_":
                arrays.save(directory, attribute, getattr(self, attribute))

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Read what ``save`` wrote; the loaded model answers exactly as the saved one.

        Raises
        ------
        BundleError
            If a file is missing or unreadable, or not all that such a model learns is there.
        """
        try:
            text = (directory / "config.json").read_text()
            model = cls(cls.config_type.model_validate_json(text))
            model.title_ids_ = IdMap(json.loads((directory / "title_ids.json").read_text()))
            for attribute, value in arrays.load(directory):
                setattr(model, attribute, value)
        except (OSError, ValueError, BadZipFile) as error:
            raise BundleError(
                expected=f"a saved {cls.name} model", got=error, where=directory
            ) from error
        if missing := sorted(arrays.declared(cls) - set(model._learned())):
            got = f"nothing for {missing}"
            raise BundleError(expected=f"a saved {cls.name} model", got=got, where=directory)
        return model

    @abstractmethod
    def _fit(self, interactions: Interactions, titles: Titles) -> None: ...

    @abstractmethod
    def _score(self, histories: Histories) -> FloatMatrix:
        """Score histories of known titles; rows of empty ones are replaced by the caller."""

    def _score_empty(self, histories: Histories) -> FloatMatrix:
        return np.broadcast_to(self.popularity_, (len(histories), len(self.popularity_)))

    def _similarities(self, titles: InternalIds) -> FloatMatrix:
        """Score all titles by likeness: by default as for a viewer who watched that one alone."""
        return self.voices(titles)

    def _learned(self) -> list[str]:
        return sorted(a for a in vars(self) if a.endswith("_") and not a.startswith("_"))

    def _unlearn(self) -> None:
        for attribute in self._learned():
            delattr(self, attribute)

    def _check_fitted(self) -> None:
        if not hasattr(self, "title_ids_"):
            raise NotFittedError(
                expected="a fitted model",
                got="one that has not learned yet",
                where=self.name,
                hint="Call fit first",
            )

    def _check(self, histories: Histories) -> None:
        self._check_fitted()
        if histories.n_titles != len(self.title_ids_):
            raise InputError(
                expected=f"histories over {len(self.title_ids_)} titles",
                got=histories.n_titles,
                where=self.name,
            )
