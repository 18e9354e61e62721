"""A request for an explanation and its answer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from serving.cards import Card
from serving.contracts import Identifier, Reply
from serving.recommendations.contracts import ITEM, LIST, Asked


class AskedWhy(Asked):
    """Who asks why a title is recommended, or is not."""

    content_id: Annotated[Identifier, Field(examples=["t0007"])]


CARD: JsonDict = {name: ITEM[name] for name in ("contentId", "name", "type", "genres", "year")}
EXPLAINED: JsonDict = {
    "bundleId": LIST["bundleId"],
    "degraded": [],
    "title": {**CARD, "artwork": ITEM["artwork"]},
    "eligible": True,
    "rules": [{"rule": "region", "passed": True, "reason": "It may be shown in NO"}],
    "source": "ease",
    "reason": "Because you watched Fjord and Frost, and many in your region are watching it",
    "score": 6.5,
    "base": 4.25,
    "features": [
        {"feature": "score_ease", "value": 3.0, "contribution": 2.0},
        {"feature": "days_known", "value": None, "contribution": 0.25},
    ],
    "part": {
        "source": "ease",
        "score": 0.5,
        "base": 0.0,
        "watched": [
            {"contentId": "t0042", "name": "Fjord", "contribution": 0.375, "share": 0.75},
            {"contentId": "t0011", "name": "Frost", "contribution": 0.125, "share": 0.25},
        ],
        "unnamed": 0.0,
    },
}


class Rule(Reply):
    """A rule that touched a title, and whether it lets it through."""

    rule: Literal[
        "region", "window", "maturity", "filter", "excludeItems", "thumb", "taste", "watched"
    ]
    passed: bool
    reason: str


class Feature(Reply):
    """What one thing that the ranker sees adds to the score; the value is null where it is not known."""

    feature: str
    value: float | None
    contribution: float


class WatchedTitle(Reply):
    """What one watched title adds to a part's score, and its share of all that is added or taken."""

    content_id: str
    name: str
    contribution: float
    share: float


class Part(Reply):
    """A part's own score, in units of its own: base, unnamed and the contributions add up to it."""

    source: str
    score: float
    base: float
    watched: list[WatchedTitle]
    unnamed: float
    """Of watched titles that the asker may not be shown now."""


class Explained(Reply):
    """Why a title stands where it does: base and the contributions of the features add up to the score."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXPLAINED]})

    bundle_id: str | None
    degraded: list[str]
    title: Card
    eligible: bool
    """Whether every rule lets it into a list of titles that are new to the viewer."""
    rules: list[Rule]
    source: str
    reason: str
    score: float
    base: float
    features: list[Feature]
    part: Part | None
    """Null where no part says what each watched title adds."""
