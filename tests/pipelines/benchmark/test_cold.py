"""Of cold titles nothing is learned, nothing is given, and nothing that viewers said is known."""

from pathlib import Path

import numpy as np
import pytest

from pipelines.benchmark.cold import load
from pipelines.benchmark.data import Data
from pipelines.benchmark.protocol import PROTOCOLS
from pipelines.benchmark.run import run
from recsys.declaration import Shelf
from recsys.errors import InputError
from tests.pipelines.benchmark.folders import write_shelf

VIEWERS, FILMS, WATCHED = 60, 40, 16
DAY = 86_400


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tastes, each of a genre; a viewer's films in the order of their numbers, one a day."""
    data = tmp_path_factory.mktemp("ml-made")
    rng = np.random.default_rng(0)
    films = [f"{n},Film {n} (2000),{'Drama' if n % 2 else 'Comedy'}" for n in range(FILMS)]
    (data / "movies.csv").write_text("\n".join(["movieId,title,genres", *films]) + "\n")
    rows = [
        f"{viewer},{2 * film + viewer % 2},4.0,{1_600_000_000 + film * DAY}"
        for viewer in range(VIEWERS)
        for film in sorted(rng.choice(FILMS // 2, WATCHED, replace=False).tolist())
    ]
    (data / "ratings.csv").write_text("\n".join(["userId,movieId,rating,timestamp", *rows]) + "\n")
    tags = [f"{n},{n},said,1600000000" for n in range(FILMS)]
    (data / "tags.csv").write_text("\n".join(["userId,movieId,tag,timestamp", *tags]) + "\n")
    return data


def held_out(data: Data) -> set[str]:
    split = data.split
    return set(split.train.title_ids.external(np.unique(split.held_out.titles)).tolist())


def known(data: Data) -> set[str]:
    train = data.split.train
    return set(train.title_ids.external(np.unique(train.histories.titles)).tolist())


def test_cold_titles_are_neither_learned_from_nor_given(folder: Path) -> None:
    data = load(folder)
    assert data.facts["cold_titles"] == 8  # a fifth of forty
    assert len(known(data)) == 32
    assert held_out(data)
    assert not held_out(data) & known(data)
    given = data.split.train.title_ids.external(np.unique(data.split.histories.titles))
    assert set(given.tolist()) <= known(data)


def test_the_first_half_is_given_and_the_second_is_to_be_found(folder: Path) -> None:
    split = load(folder).split
    for row in range(len(split.viewers)):
        given, wanted = (
            one.take(slice(row, row + 1)).occurred_at for one in (split.histories, split.held_out)
        )
        assert given.max() < wanted.min()
        assert 1 <= len(given) <= WATCHED // 2


def test_what_viewers_said_is_left_out(folder: Path) -> None:
    table = load(folder).titles.table
    assert table["keywords"].null_count == len(table)


def test_for_validation_other_titles_are_held_out_and_those_of_the_test_are_gone(
    folder: Path,
) -> None:
    test, validation = load(folder), load(folder, part="validation")
    assert validation.facts["cold_titles"] == 6  # a fifth of the 32 that are left
    assert held_out(validation) <= known(test)
    assert known(validation) < known(test)


def test_the_newest_are_those_first_watched_last(folder: Path) -> None:
    data = load(folder, draw="newest", share=0.1)
    names = data.split.train.title_ids.values
    assert set(names.tolist()) - known(data) == {"36", "37", "38", "39"}


def test_they_are_found_among_themselves_or_among_all(folder: Path) -> None:
    cold = load(folder).offered
    assert cold is not None
    assert set(cold.lengths.tolist()) == {8}
    assert load(folder, among="all").offered is None


def test_a_model_of_content_finds_them_and_popularity_does_not(
    folder: Path, tmp_path: Path
) -> None:
    shelf = Shelf.of(write_shelf(tmp_path, "content-map", "popularity"))
    protocol = PROTOCOLS["cold-titles"].model_copy(update={"ks": (4, 20), "compared": ()})
    result = run(protocol, lambda: load(folder), ["content-map", "popularity"], shelf)
    means = {name: judged.means["recall@4"].mean for name, (_, judged) in result.trials.items()}
    # Four of the eight are of a viewer's taste on average.
    assert means["content-map"] > 0.7 > means["popularity"]


def test_a_share_that_is_none_and_histories_too_short_are_refused(
    folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="cold-titles, share"):
        load(folder, share=1.0)
    (tmp_path / "movies.csv").write_text("movieId,title,genres\n1,One (2000),Drama\n")
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1,1,4.0,1600000000\n")
    with pytest.raises(InputError, match="after others"):
        load(tmp_path)
