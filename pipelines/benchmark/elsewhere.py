"""A question for programs in another environment, and the lists with which they answer it.

A question is a folder of ``question.json`` and the Parquet files ``train`` and ``asked``, each ``viewer``,
``place`` (in the history, from 0) and ``title``. What is to be found is not among them; only a question of the
validation part, on which a rival's settings are chosen, has it as ``held_out``. An answer is a pair of
files: ``<name>.parquet`` with ``viewer``, ``rank`` (from 1) and ``title``, and ``<name>.json`` with the
fields of ``Said``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.benchmark.data import Data
from pipelines.benchmark.pairs import ids_of, read_columns, repeated
from pipelines.benchmark.protocol import Protocol
from pipelines.benchmark.trial import Trial
from pipelines.files import atomic_directory, read_json
from recsys.errors import InputError
from recsys.ids import UNKNOWN, IdMap, InternalIds
from recsys.interactions import Histories

HINT = "Export the question and let the rivals answer again"


class Said(BaseModel):
    """What a rival says of its answer.

    Attributes
    ----------
    digest : str
        Of the question.
    library : str
        With its version.
    config : dict
    fit_seconds, score_seconds : float
    peak_rss_bytes : int
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    digest: str
    library: str
    config: dict[str, Any]
    fit_seconds: float = Field(ge=0)
    score_seconds: float = Field(ge=0)
    peak_rss_bytes: int = Field(ge=0)


def write_question(folder: Path, protocol: Protocol, data: Data) -> None:
    """Write what a rival gets to see, whole or not at all.

    Raises
    ------
    InputError
        If the folder holds anything but a question, or titles are to be found among some alone.
    """
    if data.offered is not None:
        raise InputError(
            expected="a protocol that asks for titles of the whole catalog",
            got=protocol.name,
            where="--export",
        )
    if folder.exists() and any(folder.iterdir()) and not (folder / "question.json").is_file():
        raise InputError(expected="an empty folder", got="other files", where=folder)
    split = data.split
    about = {
        "benchmark": protocol.name,
        "data": data.name,
        "digest": data.digest,
        "n": max(protocol.ks),
        "metric": protocol.plotted,
        "split": data.facts,
    }
    with atomic_directory(folder) as beside:
        titles, known = split.train.title_ids, split.train.viewer_ids.values
        pq.write_table(_entries(split.train.histories, known, titles), beside / "train.parquet")
        pq.write_table(_entries(split.histories, split.viewers, titles), beside / "asked.parquet")
        if data.facts["part"] == "validation":
            found = _entries(split.held_out, split.viewers, titles)
            pq.write_table(found, beside / "held_out.parquet")
        (beside / "question.json").write_text(json.dumps(about, indent=1) + "\n")


def read_answers(folder: Path, protocol: Protocol, data: Data) -> Iterator[tuple[str, Trial]]:
    """Yield the name and the answer of each rival, by name.

    Raises
    ------
    InputError
        If there is none, one answers another question, or a list has an unknown viewer or title, a title
        twice or a rank out of range.
    """
    answers = sorted(folder.glob("*.json"))
    if not answers:
        raise InputError(expected="answers of rivals", got="no *.json", where=folder, hint=HINT)
    for path in answers:
        said = _said(path)
        if said.digest != data.digest:
            raise InputError(
                expected=f"an answer to question {data.digest}",
                got=f"one to {said.digest}",
                where=path,
                hint=HINT,
            )
        yield (
            path.stem,
            Trial(
                recommended=_lists(path.with_suffix(".parquet"), data, max(protocol.ks)),
                config={"library": said.library, **said.config},
                fit_seconds=said.fit_seconds,
                score_seconds=said.score_seconds,
                peak_rss_bytes=said.peak_rss_bytes,
            ),
        )


def _entries(histories: Histories, viewers: NDArray[np.object_], titles: IdMap) -> pa.Table:
    known = histories.known()
    return pa.table(
        {
            "viewer": pa.array(viewers[known.viewers], pa.string()),
            "place": pa.array(known.places, pa.int32()),
            "title": pa.array(titles.external(known.titles), pa.string()),
        }
    )


def _said(path: Path) -> Said:
    try:
        return Said.model_validate(read_json(path, HINT))
    except ValidationError as error:
        raise InputError(
            expected="what a rival says of its answer", got=error, where=path
        ) from None


def _lists(path: Path, data: Data, n: int) -> InternalIds:
    """Return the lists as internal ids, int32 (n_viewers, n), -1 where nothing was recommended."""
    table = read_columns(path, ("viewer", "rank", "title"))
    columns = {name: ids_of(table[name], f"{path}, {name}") for name in ("viewer", "title")}
    viewers = IdMap(data.split.viewers.tolist()).internal(columns["viewer"])
    titles = data.split.train.title_ids.internal(columns["title"])
    ranks = table["rank"].to_numpy()
    wrong = {
        "a viewer who is asked": viewers == UNKNOWN,
        "a title of the catalog": titles == UNKNOWN,
        f"a rank from 1 to {n}": ~((ranks >= 1) & (ranks <= n)),
    }
    for expected, rows in wrong.items():
        if rows.any():
            _refuse(path, expected, table, int(np.flatnonzero(rows)[0]))
    wide = viewers.astype(np.int64)
    for expected, others, size in (
        ("each rank of a viewer once", ranks, n + 1),
        ("each title of a viewer once", titles, len(data.split.train.title_ids)),
    ):
        again = repeated(wide * size + others)
        if again is not None:
            _refuse(path, expected, table, again)
    found = np.full((len(data.split.viewers), n), UNKNOWN, np.int32)
    found[viewers, ranks - 1] = titles
    return found


def _refuse(path: Path, expected: str, table: pa.Table, row: int) -> None:
    got = table.slice(row, 1).to_pylist()[0]
    raise InputError(expected=expected, got=got, where=f"{path}, row {row}", hint=HINT)
