"""Sequence: a small transformer that reads a history in order. The one door to torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator
from rich.console import Console
from rich.progress import Progress

from recsys.algorithm import Config
from recsys.attention import HIDDEN, encode, hide, start
from recsys.company import company
from recsys.errors import ConfigError
from recsys.ids import InternalIds
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles
from recsys.topk import FloatMatrix
from recsys.vectors import VectorAlgorithm

AT_ONCE = 128
"""Histories read together when asked."""

SAMPLED = 256
"""Histories by which the least score of a learned title is found."""

PARTS = ("titles", "distance", "attention", "gates", "up", "down", "norms", "last")

Batch = tuple[NDArray[np.int64], NDArray[np.bool_]]
"""Titles (n, length), the latest last, and which places are filled."""

Pair = tuple[Batch, Batch]
"""What is read, and what followed each of its places."""


class SequenceConfig(Config):
    """Hyperparameters of the sequence model.

    Attributes
    ----------
    width : int
        Length of a title's vector.
    blocks, heads : int
        Of attention; the heads divide the width.
    length : int
        The latest titles of a history that are read.
    epochs : int
    batch : int
        Histories between two steps of learning.
    negatives : int
        Titles drawn at each step to stand for all that did not follow; where there are no more, all do.
    learning_rate : float
        The greatest; it rises over the first tenth and falls to nothing.
    weight_decay : float
    dropout : float
    least_viewers : int
        Titles with fewer take no part.
    most_titles : int
        The most watched that take part.
    seed : int
    """

    width: int = Field(default=64, ge=2, le=1024)
    blocks: int = Field(default=2, ge=1, le=16)
    heads: int = Field(default=2, ge=1, le=16)
    length: int = Field(default=100, ge=2, le=2000)
    epochs: int = Field(default=16, ge=1, le=1000)
    batch: int = Field(default=16, ge=1, le=4096)
    negatives: int = Field(default=512, ge=1, le=200_000)
    learning_rate: float = Field(default=4e-3, gt=0, le=1)
    weight_decay: float = Field(default=0.01, ge=0)
    dropout: float = Field(default=0.2, ge=0, lt=1)
    least_viewers: int = Field(default=5, ge=1)
    most_titles: int = Field(default=20_000, ge=1, le=200_000)
    seed: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _heads_divide(self) -> SequenceConfig:
        if self.width % self.heads:
            raise ValueError(f"Expected heads that divide the width, which is {self.width}")
        return self


class Sequence(VectorAlgorithm):
    """A transformer with gated blocks that learned, at each place of each history, what came next.

    The loss is cross-entropy over all titles, their sum estimated without bias from ``negatives`` of them. Titles start
    near those that keep them company, by which a third of the epochs do.
    Learning needs the extra ``deep``; a model that has learned is served by NumPy alone.

    References
    ----------
    Kang and McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018.
    Tikhonovich et al., "eSASRec: Enhancing Transformer-based Recommendations in a Modular Fashion", RecSys 2025.
    """

    name = "sequence"
    config_type = SequenceConfig
    config: SequenceConfig

    rows_: NDArray[np.int32]
    """int32 (n_titles,): the row of each title in ``titles_``, -1 for one that takes no part."""
    titles_: FloatMatrix
    distance_: FloatMatrix
    attention_: FloatMatrix
    gates_: FloatMatrix
    up_: FloatMatrix
    down_: FloatMatrix
    norms_: FloatMatrix
    last_: FloatMatrix

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        if find_spec("torch") is None:
            raise ConfigError(
                expected="torch, with which this model learns",
                got="none",
                where=self.name,
                hint="make deep, or pip install the extra `deep` of this project",
            )
        rows = _rows(interactions.histories, self.config)
        learned = _learn(_known(interactions.histories, rows), int(rows.max()) + 1, self.config)
        for part in PARTS:
            setattr(self, f"{part}_", learned[part])
        self.rows_ = rows
        self.title_vectors_ = np.zeros((len(titles), self.config.width + 1), np.float32)
        self.title_vectors_[rows >= 0, :-1] = self.titles_[rows[rows >= 0]]
        # A title that was not learned scores what the least of the learned does, and no less: it
        # would make all others look alike.
        some = np.unique(np.linspace(0, len(interactions.histories) - 1, SAMPLED).astype(np.int64))
        asked = self.embed(interactions.histories.take(some))
        self.title_vectors_[rows < 0, -1] = (asked @ self.title_vectors_.T).min()

    def embed(self, histories: Histories) -> FloatMatrix:
        """Read each history, float32 (n_histories, width + 1); one of unknown titles is the zero vector."""
        known = _known(histories.keep(histories.weights > 0), self.rows_)
        embedded = np.zeros((len(histories), self.config.width + 1), np.float32)
        weights = {part: getattr(self, f"{part}_") for part in PARTS}
        # Those of like length go together, so that little is read of what is empty.
        some = np.flatnonzero(known.lengths)
        some = some[np.argsort(known.lengths[some], kind="stable")]
        for begin in range(0, len(some), AT_ONCE):
            chosen = some[begin : begin + AT_ONCE]
            ends = known.offsets[chosen + 1]
            begins = np.maximum(known.offsets[chosen], ends - self.config.length)
            titles, filled = _padded(known.titles, begins, ends)
            read = encode(np, weights, titles, hide(filled))
            embedded[chosen, :-1] = read[:, -1]
            embedded[chosen, -1] = 1
        return embedded

    def _similarities(self, titles: InternalIds) -> FloatMatrix:
        learned = self.title_vectors_[:, :-1]
        unit = learned / np.maximum(np.linalg.norm(learned, axis=1, keepdims=True), 1e-12)
        return unit[titles] @ unit.T


def _rows(histories: Histories, config: SequenceConfig) -> NDArray[np.int32]:
    viewers = np.bincount(histories.titles, minlength=histories.n_titles)
    order = np.argsort(-viewers, kind="stable")[: config.most_titles]
    # Where all are watched rarely, the most watched are better than none.
    chosen = order[viewers[order] >= min(config.least_viewers, viewers.max())]
    rows = np.full(histories.n_titles, -1, np.int32)
    rows[chosen] = np.arange(len(chosen))
    return rows


def _known(histories: Histories, rows: NDArray[np.int32]) -> Histories:
    """Return the histories in rows of the learned titles, without the others."""
    known = histories.keep(rows[histories.titles] >= 0)
    known.titles[:] = rows[known.titles]
    return known


def _padded(titles: NDArray[np.int32], begins: NDArray[np.int64], ends: NDArray[np.int64]) -> Batch:
    """Return the entries ``begins:ends`` a row each, the last ones in the last column."""
    longest = int((ends - begins).max())
    places = ends[:, None] - np.arange(longest, 0, -1)
    filled = places >= begins[:, None]
    return np.where(filled, titles[np.maximum(places, 0)], 0).astype(np.int64), filled


def _windows(
    histories: Histories, config: SequenceConfig, random: np.random.Generator
) -> Iterator[Pair]:
    """Cut all histories into windows at new places, and yield batches of windows of like length.

    Each is what is read, and what followed each of its places.
    """
    length = config.length
    # Counted from the end, so that the latest window ends at most a window before the last entry.
    pairs = np.maximum(histories.lengths - 1, 0)
    skipped = np.where(pairs > length, random.integers(0, length, len(pairs)), 0)
    skipped *= random.random(len(pairs)) < 0.5
    counts = -(-(pairs - skipped) // length)
    viewers = np.repeat(np.arange(len(pairs)), counts)
    nth = np.arange(len(viewers)) - np.repeat(np.cumsum(counts) - counts, counts)
    ends = histories.offsets[viewers + 1] - 1 - skipped[viewers] - nth * length
    begins = np.maximum(histories.offsets[viewers], ends - length)
    mixed = random.permutation(len(ends))
    # Windows of about the same length go together, in a new company each time.
    sizes = (ends - begins)[mixed] + random.integers(0, 1 + length // 10, len(ends))
    mixed = mixed[np.argsort(sizes, kind="stable")]
    batches = [mixed[at : at + config.batch] for at in range(0, len(mixed), config.batch)]
    for at in random.permutation(len(batches)):
        begin, end = begins[batches[at]], ends[batches[at]]
        read = _padded(histories.titles, begin, end)
        yield read, _padded(histories.titles, begin + 1, end + 1)


def _learn(histories: Histories, n_titles: int, config: SequenceConfig) -> dict[str, FloatMatrix]:
    """Return the weights that predict best what came next."""
    import torch  # noqa: PLC0415  # an extra, and slow to load

    device = "cuda" if torch.cuda.is_available() else "cpu"
    weights = {
        name: torch.tensor(one, device=device, requires_grad=True)
        for name, one in _start(histories, n_titles, config).items()
    }
    optimizer = torch.optim.AdamW(weights.values(), weight_decay=config.weight_decay)
    random = np.random.default_rng(config.seed)
    with torch.random.fork_rng():
        torch.manual_seed(config.seed)
        for done, batch in _shown(_lessons(histories, config, random), config):
            for group in optimizer.param_groups:
                group["lr"] = config.learning_rate * _pace(done)
            optimizer.zero_grad()
            _loss(torch, weights, batch, config).backward()
            torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)
            optimizer.step()
    return {name: one.detach().cpu().numpy() for name, one in weights.items()}


def _start(histories: Histories, n_titles: int, config: SequenceConfig) -> dict[str, FloatMatrix]:
    """Return untaught weights, but titles that keep company are near from the beginning."""
    shape = {name: getattr(config, name) for name in ("width", "blocks", "heads", "length", "seed")}
    weights = start(n_titles, **shape)
    met = replace(histories, n_titles=n_titles)
    weights["titles"] += company(met, config.width, config.seed)
    return weights


def _loss(torch: Any, weights: dict[str, Any], batch: Pair, config: SequenceConfig) -> Any:
    """Return the mean cross-entropy of what followed each filled place, among all titles."""
    (read, filled), (followed, _) = batch
    device = weights["titles"].device
    hidden = torch.from_numpy(hide(filled)).to(device)
    titles = torch.from_numpy(read).to(device)

    def drop(x: Any) -> Any:
        return torch.nn.functional.dropout(x, config.dropout)

    found = encode(torch, weights, titles, hidden, drop)[torch.from_numpy(filled).to(device)]
    wanted = torch.from_numpy(followed[filled]).to(device)
    return _cross_entropy(torch, found, weights["titles"], wanted, config.negatives)


def _cross_entropy(torch: Any, found: Any, titles: Any, wanted: Any, negatives: int) -> Any:
    """Return the mean of ``log(exp s_wanted + sum of exp s_other) - s_wanted``, the sum of a sample scaled up."""
    if negatives >= len(titles):
        return torch.nn.functional.cross_entropy(found @ titles.T, wanted)
    drawn = torch.randperm(len(titles))[:negatives].to(titles.device)
    others = found @ titles[drawn].T + np.log((len(titles) - 1) / negatives)
    others = others.masked_fill(drawn == wanted[:, None], HIDDEN)
    own = (found * titles[wanted]).sum(-1, keepdim=True)
    return (torch.logsumexp(torch.cat([own, others], 1), 1) - own[:, 0]).mean()


def _lessons(
    histories: Histories, config: SequenceConfig, random: np.random.Generator
) -> Iterator[tuple[float, Pair]]:
    """Yield the batches of all epochs, each with the share of learning that is done."""
    for epoch in range(config.epochs):
        batches = list(_windows(histories, config, random))
        for at, batch in enumerate(batches):
            yield (epoch + at / len(batches)) / config.epochs, batch


def _pace(done: float) -> float:
    """Return the share of the greatest learning rate: up in the first tenth, and down as a cosine."""
    return done / 0.1 if done < 0.1 else 0.5 * (1 + np.cos(np.pi * (done - 0.1) / 0.9))


def _shown(
    lessons: Iterator[tuple[float, Pair]], config: SequenceConfig
) -> Iterator[tuple[float, Pair]]:
    """Show a person how far learning is."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(f"learning, {config.epochs} epochs", total=1.0)
        for done, batch in lessons:
            progress.update(task, completed=done)
            yield done, batch
