"""Small folders in the forms that the protocols read."""

import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def write_shelf(folder: Path, *names: str) -> Path:
    """Declare models without a word about their hyperparameters."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        text = f'algorithm = "{name}"\ndescription = "For a test."\n'
        (folder / f"{name}.toml").write_text(text)
    return folder


def write_sequences(folder: Path, histories: dict[int, list[int]], **more: list[int]) -> Path:
    """Write ``sequences.parquet``, the rows of all viewers from the last position to the first."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [(v, p, t) for v, titles in histories.items() for p, t in enumerate(titles)][::-1]
    columns = dict(zip(("user_id", "position", "movie_id"), zip(*rows, strict=True), strict=True))
    pq.write_table(pa.table({**columns, **more}), folder / "sequences.parquet")
    return folder


def write_lines(folder: Path, train: str, test: str) -> Path:
    """Write ``train.txt`` and ``test.txt``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.txt").write_text(train)
    (folder / "test.txt").write_text(test)
    return folder


def write_ncf(
    folder: Path,
    train: list[tuple[int, int]],
    test: list[tuple[int, int]],
    negatives: list[list[int]],
) -> Path:
    """Write ``train.parquet`` and ``test.parquet``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, pairs in (("train", train), ("test", test)):
        users, items = (list(one) for one in zip(*pairs, strict=True))
        table = pa.table({"user": users, "item": items})
        if name == "test":
            table = table.append_column("negatives", pa.array(negatives, pa.list_(pa.int64())))
        pq.write_table(table, folder / f"{name}.parquet")
    return folder


def write_answer(
    folder: Path, question: Path, lists: Sequence[tuple[str, int, str]], **said: object
) -> Path:
    """Write what a rival, "theirs", says to a question, and its lists of ``(viewer, rank, title)``."""
    about = {
        "digest": json.loads((question / "question.json").read_text())["digest"],
        "library": "theirs 1.0",
        "config": {"k": 3},
        "fit_seconds": 1.5,
        "score_seconds": 0.5,
        "peak_rss_bytes": 10**8,
        **said,
    }
    folder.mkdir(parents=True)
    (folder / "theirs.json").write_text(json.dumps(about))
    columns = dict(zip(("viewer", "rank", "title"), zip(*lists, strict=True), strict=True))
    pq.write_table(pa.table(columns), folder / "theirs.parquet")
    return folder
