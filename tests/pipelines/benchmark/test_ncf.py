"""One title among itself and others: what is offered, what is held out, and what is refused."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.benchmark.ncf import load
from pipelines.benchmark.protocol import PROTOCOLS
from pipelines.benchmark.run import run
from recsys.algorithms.ease import EASE
from recsys.declaration import Shelf
from recsys.errors import InputError
from recsys.evaluate import recommend
from recsys.metrics import hit_rate, ndcg
from tests.pipelines.benchmark.folders import write_ncf, write_shelf

TRAIN = [(1, 1), (1, 2), (2, 1), (2, 3), (10, 1), (10, 4)]


def test_what_is_to_be_found_is_offered_among_the_negatives(tmp_path: Path) -> None:
    """The title of viewer 2 is among its own negatives, as in the published split, and counts once."""
    data = load(write_ncf(tmp_path, TRAIN, [(1, 3), (2, 2)], [[4, 5], [2, 4]]))
    assert data.offered is not None
    names = data.split.train.title_ids
    assert data.split.viewers.tolist() == ["1", "2"]
    assert data.offered.lengths.tolist() == [3, 2]
    assert names.external(data.offered.titles).tolist() == ["3", "4", "5", "2", "4"]
    assert names.external(data.split.held_out.titles).tolist() == ["3", "2"]


def test_one_title_a_viewer_is_held_out_for_validation_among_unwatched_ones(tmp_path: Path) -> None:
    train = [(viewer, title) for viewer in range(30) for title in range(viewer, viewer + 5)]
    train += [(99, title) for title in range(150)]
    folder = write_ncf(tmp_path, train, [(0, 149)], [[148]])
    data = load(folder, part="validation")
    assert data.offered is not None
    assert data.split.held_out.lengths.tolist() == [1] * 31
    assert data.split.viewers[-1] == "99"
    assert data.offered.lengths.tolist() == [100] * 30 + [1]
    watched = {(f"{viewer}", f"{title}") for viewer, title in train}
    held = set(zip(*_named(data.split.held_out, data.split), strict=True))
    offered = set(zip(*_named(data.offered, data.split), strict=True))
    assert held <= watched
    assert offered & watched == held
    assert load(folder, part="validation").digest == data.digest


def _named(histories: object, split: object) -> tuple[list[str], list[str]]:
    viewers = split.viewers[histories.viewers].tolist()  # type: ignore[attr-defined]
    titles = split.train.title_ids.external(histories.titles)  # type: ignore[attr-defined]
    return viewers, titles.tolist()


def test_titles_are_ranked_among_those_that_are_offered(tmp_path: Path) -> None:
    """Of 1 (three viewers), 2, 3, 4 (one) and 5 (none), viewer 1 is offered 3, 4, 5 and finds 5 last.

    Viewer 2 is offered 2 and 4, and finds 2 first; 10 is offered 2 and 5, and finds 2 first.
    """
    test = [(1, 5), (2, 2), (10, 2)]
    folder = write_ncf(tmp_path / "in", TRAIN, test, [[3, 4], [4], [5]])
    shelf = Shelf.of(write_shelf(tmp_path / "shelf", "popularity"))
    result = run(PROTOCOLS["ncf"], lambda: load(folder), ["popularity"], shelf)
    values = result.trials["popularity"][1].values
    # By viewer id as text: 1, 10, 2.
    assert values["ndcg@10"] == pytest.approx([1 / np.log2(4), 1, 1])
    recommended = result.trials["popularity"][0].recommended
    assert (recommended >= 0).sum(axis=1).tolist() == [3, 2, 2]


@pytest.mark.parametrize(
    ("train", "test", "negatives", "complaint"),
    [
        ([*TRAIN, (1, 2)], [(1, 3)], [[4]], "train.parquet, row 6: expected each title"),
        (TRAIN, [(1, 3), (1, 4)], [[5], [5]], "test.parquet, row 1: expected one row a viewer"),
        (TRAIN, [(7, 3)], [[5]], "test.parquet, row 0: .* in the training part, got 7"),
        (TRAIN, [(1, 2)], [[5]], "title 2, which viewer 1 watched"),
        (TRAIN, [(1, 3)], [[2]], "title 2, which viewer 1 watched"),
        (TRAIN, [(1, 3)], [[]], "negatives, row 0: expected at least one"),
        (TRAIN, [(1, 3)], [None], "negatives, row 0: expected at least one"),
        (TRAIN, [(1, 3)], [[5, None]], "negatives, row 1: expected a value"),
        (TRAIN, [(1, 3)], [[-5]], "negatives, row 0: expected ids of at least 0"),
        ([*TRAIN, (-1, 2)], [(1, 3)], [[5]], "train.parquet, user, row 6: .* at least 0, got -1"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path,
    train: list[tuple[int, int]],
    test: list[tuple[int, int]],
    negatives: list[list[int]],
    complaint: str,
) -> None:
    with pytest.raises(InputError, match=complaint):
        load(write_ncf(tmp_path, train, test, negatives))


def test_lists_and_words_of_other_kinds_are_read_alike(tmp_path: Path) -> None:
    plain = write_ncf(tmp_path / "plain", TRAIN, [(1, 3)], [[4, 5]])
    other = write_ncf(tmp_path / "other", TRAIN, [(1, 3)], [[4, 5]])
    for name in ("train", "test"):
        table = pq.read_table(other / f"{name}.parquet")
        words = table["user"].cast(pa.string()).dictionary_encode()
        table = table.set_column(0, "user", words)
        if name == "test":
            large = pa.large_list(pa.int32())
            table = table.set_column(2, "negatives", table["negatives"].cast(large))
        pq.write_table(table, other / f"{name}.parquet")
    assert load(plain).digest == load(other).digest


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    write_ncf(tmp_path, TRAIN, [(1, 3)], [[4]])
    pq.write_table(pa.table({"user": [1], "item": [3]}), tmp_path / "test.parquet")
    with pytest.raises(InputError, match=r"test.parquet: expected a column negatives"):
        load(tmp_path)


def test_the_published_split_is_read_whole(real_data: Path) -> None:
    data = load(real_data / "ml-1m-ncf")
    assert data.offered is not None
    assert (len(data.split.viewers), len(data.titles)) == (6040, 3706)
    # 156 lists of the published ones hold the title that is to be found.
    assert np.bincount(data.offered.lengths)[99:].tolist() == [156, 5884]
    assert len(data.split.train) == 994_169


@pytest.mark.night
def test_ease_reaches_on_the_published_split_what_others_report_of_it(real_data: Path) -> None:
    """Anelli et al. (RecSys 2021) report .719 and .449; here the penalty is 1000 for every title."""
    data = load(real_data / "ml-1m-ncf")
    viewers = np.bincount(data.split.train.histories.titles)
    of_average_interaction = (viewers**2).sum() / viewers.sum()
    model = EASE(l2=1000 / of_average_interaction, exponent=0, fade=1)
    model.fit(data.split.train, data.titles)
    ids, _ = recommend(model, data.split.histories, 10, offered=data.offered)
    assert hit_rate(ids, data.split.held_out, 10).mean() == pytest.approx(0.719, abs=0.003)
    assert ndcg(ids, data.split.held_out, 10).mean() == pytest.approx(0.449, abs=0.003)


def test_a_line_that_names_no_movie_is_refused_with_its_file(tmp_path: Path) -> None:
    folder = write_ncf(tmp_path, TRAIN, [(1, 3), (2, 2)], [[4, 5], [2, 4]])
    (folder / "item_to_movie_id.tsv").write_text("1\t10\n2\n")
    described_by = folder / "train.parquet"  # any file: the names are read before it
    with pytest.raises(InputError, match=r"item_to_movie_id\.tsv: expected two columns in every"):
        load(folder, metadata=described_by)
