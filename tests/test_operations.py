"""The dashboard and the alerts ask for nothing that a replica does not have, and leave out nothing that is to be watched."""

import json
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client.metrics_core import Metric

from serving.metrics import Metrics

OPERATIONS = Path(__file__).parents[1] / "docs" / "operations"
DASHBOARD = json.loads((OPERATIONS / "dashboard.json").read_text())
RULES = [
    rule
    for group in yaml.safe_load((OPERATIONS / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUESTIONS = {
    **{panel["title"]: [one["expr"] for one in panel["targets"]] for panel in PANELS},
    **{rule["alert"]: [rule["expr"]] for rule in RULES},
}
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def exported() -> dict[str, set[str]]:
    """Every name under which a replica gives a meter, with its labels."""
    metrics = Metrics()
    found = {}
    for meter in metrics.registry._collector_to_names:
        (family,) = meter.collect()
        assert isinstance(family, Metric)
        labels = set(meter._labelnames) | ({"le"} if family.type == "histogram" else set())
        for suffix in SUFFIXES[family.type]:
            found[family.name + suffix] = labels
    return found


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_meter_and_label_that_is_asked_for_is_there(name: str) -> None:
    there = exported()
    for question in QUESTIONS[name]:
        named = set(re.findall(r"\brecsys_\w+", question))
        assert named
        assert named <= set(there)
        for meter, chosen in re.findall(r"\b(recsys_\w+)\{([^}]*)\}", question):
            assert set(re.findall(r"(\w+)=~?\"", chosen)) <= there[meter]
        by = {
            label.strip()
            for one in re.findall(r"by \(([^)]*)\)", question)
            for label in one.split(",")
        }
        assert by <= set().union(*(there[meter] for meter in named))


def test_all_that_is_to_be_watched_is_on_the_dashboard() -> None:
    assert {panel["title"] for panel in PANELS} >= {
        "Start time",
        "Rebuffering",
        "Completion",
        "Search time",
        "Error rate",
        "Click-through by row",
        "Monthly actives",
        "Churn",
        "Conversion",
        "Cache hit rate",
    }


def test_no_two_panels_lie_on_each_other() -> None:
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_is_wrong_and_how_bad(rule: dict[str, dict[str, str]]) -> None:
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["summary"]
