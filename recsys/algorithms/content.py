"""Content: what a title is about, by its words, people, genres and keywords."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import Field
from scipy import sparse
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

from recsys.algorithm import Config, VectorAlgorithm
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles
from recsys.topk import FloatMatrix

Tokens = tuple[NDArray[np.int64], pa.Array]
"""The title of each token, and the token: both of the same length."""


class ContentConfig(Config):
    """Hyperparameters of the content model.

    Attributes
    ----------
    factors : int
        Length of a title's vector; fewer where the catalog says less.
    text, people, genres, keywords, decade : float
        Weight of each block of a title's description.
    fade : float
        A history's weights are multiplied by ``fade ** steps_ago``; 1 keeps all alike.
    least_titles : int
        A word, person or keyword of fewer titles than this is left out.
    seed : int
        Of the randomised decomposition.
    """

    factors: int = Field(default=128, ge=1, le=1024)
    text: float = Field(default=1.0, ge=0)
    people: float = Field(default=0.7, ge=0)
    genres: float = Field(default=0.7, ge=0)
    keywords: float = Field(default=1.0, ge=0)
    decade: float = Field(default=0.3, ge=0)
    fade: float = Field(default=0.9, gt=0, le=1)
    least_titles: int = Field(default=2, ge=1)
    seed: int = Field(default=0, ge=0)


class Content(VectorAlgorithm):
    r"""Latent semantic analysis of a title's description.

    Each block (words of name and description; cast and crew; genres; keywords; decade) is a
    TF-IDF row of length 1, times the block's weight; the blocks side by side are reduced by a
    truncated SVD, :math:`A \approx U S V^T`, and a title is its row of :math:`U S` at length 1.
    A history is the recency-weighted mean of its titles. A title of which nothing is known is the
    zero vector; one that nobody watched is as good as any.

    References
    ----------
    Deerwester et al., "Indexing by latent semantic analysis", JASIS 1990.
    Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM Review 2011.
    """

    name = "content"
    config_type = ContentConfig
    config: ContentConfig

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        matrices = [
            getattr(self.config, block) * _tfidf(tokens, len(titles), self.config.least_titles)
            for block, tokens in _blocks(titles.table).items()
        ]
        self.title_vectors_ = self._reduced(sparse.hstack(matrices, format="csr"))

    def _reduced(self, matrix: sparse.csr_matrix) -> FloatMatrix:
        factors = min(self.config.factors, *matrix.shape)
        if not matrix.nnz:
            return np.zeros((matrix.shape[0], 1), np.float32)
        left, strengths, _ = randomized_svd(
            matrix, factors, n_iter=4, random_state=self.config.seed
        )
        vectors = left * strengths
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: FloatMatrix = np.where(norms > 1e-6, vectors / np.maximum(norms, 1e-6), 0)
        return unit.astype(np.float32)

    def embed(self, histories: Histories) -> FloatMatrix:
        """Return the weighted mean of each history's titles, float32 (n_histories, factors)."""
        weights = histories.faded(self.config.fade).to_csr()
        totals = np.maximum(np.asarray(weights.sum(axis=1)), 1e-12)
        return ((weights @ self.title_vectors_) / totals).astype(np.float32)


def _blocks(table: pa.Table) -> dict[str, Tokens]:
    """Return every token of every block, by the name of the block's weight."""
    return {
        "text": _words(table),
        "people": _people(table),
        "genres": _listed(table["genres"]),
        "keywords": _listed(table["keywords"]),
        "decade": _decades(table),
    }


def _listed(column: pa.ChunkedArray) -> Tokens:
    whole = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return pc.list_parent_indices(whole).to_numpy(), pc.list_flatten(whole)


def _words(table: pa.Table) -> Tokens:
    name, about = (pc.fill_null(table[column], "") for column in ("name", "description"))
    text = pc.utf8_lower(pc.binary_join_element_wise(name, about, " "))
    titles, words = _listed(pc.split_pattern_regex(text, r"[^\p{L}\p{N}]+"))
    filled = pc.not_equal(words, "")
    return titles[filled.to_numpy(zero_copy_only=False)], words.filter(filled)


def _people(table: pa.Table) -> Tokens:
    actors, cast = _listed(table["cast"])
    makers, crew = _listed(table["crew"])
    people = pa.concat_arrays([cast, pc.struct_field(crew, "name")])
    return np.concatenate([actors, makers]), people


def _decades(table: pa.Table) -> Tokens:
    known = pc.is_valid(table["release_year"]).to_numpy()
    years = table["release_year"].filter(pa.array(known)).to_numpy()
    return np.flatnonzero(known), pa.array((years // 10).astype(str))


def _tfidf(tokens: Tokens, n_titles: int, least_titles: int) -> sparse.csr_matrix:
    """Return rows of length 1 over the tokens of at least so many titles."""
    titles, values = tokens
    encoded = values.dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy()
    ones = np.ones((codes >= 0).sum(), np.float32)
    shape = (n_titles, len(encoded.dictionary))
    counts = sparse.csr_matrix((ones, (titles[codes >= 0], codes[codes >= 0])), shape=shape)
    spread = np.bincount(counts.indices, minlength=shape[1])
    rarity = np.log(n_titles / np.maximum(spread, 1)) * (spread >= least_titles)
    counts.data = (1 + np.log(counts.data)) * rarity[counts.indices].astype(np.float32)
    counts.eliminate_zeros()
    return normalize(counts) if counts.nnz else counts
