"""How well questions are answered: how many mistyped names find their title, and the judged set."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np

from pipelines.benchmark.search.judged import Judged, ndcg
from pipelines.benchmark.search.questions import SEARCH, Questions
from pipelines.benchmark.serving.server import Server

FIRST = 10
"""Titles of an answer that are looked at."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a judged set found.

    Attributes
    ----------
    ndcg : float
        At ten, the mean of all questions.
    by_kind : dict of str to float
    questions : int
    """

    ndcg: float
    by_kind: dict[str, float]
    questions: int


def answered(server: Server, question: str) -> list[str]:
    """Return the ids of the first titles that a server finds."""
    _, body = server.get(f"{SEARCH}?{urlencode({'q': question, 'limit': FIRST})}")
    return [item["contentId"] for item in json.loads(body)["items"]]


def recall(server: Server, questions: Questions, n: int) -> float:
    """Return the share of mistyped names, of titles that may be shown, whose title is among the first ten."""
    found = tried = 0
    while tried < n:
        text, title_id = questions.mistyped()
        if title_id not in answered(server, questions.name_of(title_id)):
            continue  # not to be shown here and now, however it is written
        tried += 1
        found += title_id in answered(server, text)
    return found / n


def judge(server: Server, judged: Sequence[Judged]) -> Score:
    """Return how well a server answers a judged set."""
    scores = defaultdict[str, list[float]](list)
    for one in judged:
        scores[one.kind].append(ndcg(answered(server, one.text), one.grades, FIRST))
    every = [score for each in scores.values() for score in each]
    by_kind = {kind: float(np.mean(each)) for kind, each in scores.items()}
    return Score(float(np.mean(every)), by_kind, len(every))
