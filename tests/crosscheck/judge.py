"""Judge saved lists by metrics that others wrote, and compare with what our own said of them.

``python judge.py LISTS.parquet ANSWER.json …``, in an environment with the package ``recommenders``, on what
``recsys benchmark … --lists LISTS.parquet --json ANSWER.json`` wrote. It ends with 1 if a figure differs by more than
``CLOSE``, or if any is missing: each of ``METRICS`` is to be compared for every model of the lists and length.

Where the definitions are the same: precision (an empty place is a miss), recall (of all that is relevant), NDCG
(binary, the ideal cut at min(k, relevant); the base of the logarithm cancels) and MAP (over min(k, relevant)). That
package has no hit rate; here it is the share of viewers in its own table of hits. It leaves out viewers to whom
nothing at all was recommended, whom we count as a miss, so the lists must have somebody's list for every viewer.
"""

import json
import sys
from pathlib import Path

CLOSE = 1e-9
HELD_OUT = "held-out"
METRICS = ("hr", "precision", "recall", "ndcg", "map")


def main(arguments: list[str]) -> int:
    """Compare pairs of files; return the number of figures that differ or are missing."""
    wrong = 0 if arguments else 1
    for lists, answer in zip(arguments[::2], arguments[1::2], strict=True):
        found = compared(Path(lists), Path(answer))
        missing = expected(Path(lists), Path(answer)) - {(model, name) for model, name, *_ in found}
        for model, name in sorted(missing):
            sys.stdout.write(f"{Path(answer).stem:30} {model:14} {name:13} is missing\n")
        wrong += len(missing)
        for model, name, ours, theirs in found:
            apart = abs(ours - theirs)
            agrees = apart <= CLOSE  # not a number agrees with nothing
            wrong += not agrees
            said = "agrees" if agrees else "differs"
            sys.stdout.write(
                f"{Path(answer).stem:30} {model:14} {name:13} {ours:.12f} {theirs:.12f} {said}\n"
            )
    return wrong


def expected(lists: Path, answer: Path) -> set[tuple[str, str]]:
    """Return ``(model, metric)`` of all that is to be compared; of lists without a model, what none has."""
    import pandas as pd  # noqa: PLC0415

    models = set(pd.read_parquet(lists, columns=["model"])["model"]) - {HELD_OUT}
    rows = json.loads(answer.read_text())["rows"]
    lengths = {name.split("@")[1] for row in rows for name in row["metrics"]}
    every = {(model, f"{metric}@{k}") for model in models for metric in METRICS for k in lengths}
    return every or {("no model", "no metric")}


def compared(lists: Path, answer: Path) -> list[tuple[str, str, float, float]]:
    """Return ``(model, metric, ours, theirs)`` of all models of an answer."""
    import pandas as pd  # noqa: PLC0415 - another environment has this one

    rows = pd.read_parquet(lists)
    names = {"viewer": "userID", "title": "itemID"}
    rows = rows.rename(columns=names).astype({"userID": str, "itemID": str})
    relevant = rows[rows["model"] == HELD_OUT][["userID", "itemID"]].assign(rating=1.0)
    found = []
    for row in json.loads(answer.read_text())["rows"]:
        listed = rows[rows["model"] == row["model"]]
        listed = listed[["userID", "itemID"]].assign(prediction=-listed["rank"].astype(float))
        for name, value in row["metrics"].items():
            theirs = judged(name, relevant, listed)
            if theirs is not None:
                found.append((row["model"], name, value, theirs))
    return found


def judged(name, relevant, listed):
    """Return what the package says of a metric such as ``ndcg@10``; None if it knows none such."""
    from recommenders.evaluation import python_evaluation as their  # noqa: PLC0415

    metric, k = name.split("@")
    tables = {"rating_true": relevant, "rating_pred": listed, "k": int(k)}
    columns = {"col_user": "userID", "col_item": "itemID", "col_prediction": "prediction"}
    if metric == "hr":
        _, hits, viewers = their.merge_ranking_true_pred(
            **tables, **columns, relevancy_method="top_k"
        )
        return len(hits) / viewers
    known = {
        "precision": their.precision_at_k,
        "recall": their.recall_at_k,
        "ndcg": their.ndcg_at_k,
        "map": their.map_at_k,
    }
    return float(known[metric](**tables, **columns)) if metric in known else None


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
