"""The report is one file that says what was judged, the same bytes for the same input."""

import re
from pathlib import Path

import pytest

from pipelines.report import Judged, render, write
from recsys.algorithms.item_knn import ItemKNN
from recsys.algorithms.popularity import Popularity
from recsys.declaration import Declaration
from recsys.errors import InputError
from recsys.evaluate import evaluate
from recsys.interactions import Interactions
from recsys.split import Split, cut_at, global_time, leave_last_out
from recsys.titles import Titles

World = tuple[Interactions, Titles]


def judged_by(split: Split, titles: Titles, *, description: str = "Made up.") -> list[Judged]:
    found = []
    for algorithm in (ItemKNN, Popularity):
        model = algorithm().fit(split.train, titles)
        declared = Declaration(
            name=algorithm.name, algorithm=algorithm.name, description=description
        )
        config = model.config.model_dump(mode="json")
        found.append(Judged(declared, config, evaluate(model, split, titles=titles), 1.5))
    return found


@pytest.fixture(scope="module")
def split(small_world: World) -> Split:
    return global_time(small_world[0], cut_at(small_world[0], 0.3))


@pytest.fixture(scope="module")
def html(small_world: World, split: Split) -> str:
    judged = judged_by(split, small_world[1], description="Likes <b> & co.")
    return render(judged, split, small_world[1], data="made", champion="popularity")


def test_it_says_what_was_judged_on_what(html: str, split: Split) -> None:
    assert "item-knn" in html
    assert f"{len(split.train):,} interactions" in html
    assert f"{len(split.viewers):,} viewers" in html
    for name in ("ndcg@10", "recall@20", "coverage@10", "calibration@20"):
        assert f"<td>{name}</td>" in html


def test_it_needs_no_other_file(html: str) -> None:
    addresses = set(re.findall(r'(?:src|href)="([^"#]+)"', html))
    assert addresses == set()
    assert "<script" not in html
    assert "@import" not in html


def test_its_plots_are_inline_and_complete(html: str) -> None:
    assert html.count("<svg") == html.count("</svg>") == 1 + 4 + 4


def test_words_from_outside_are_escaped(html: str) -> None:
    assert "Likes &lt;b&gt; &amp; co." in html


def test_the_champion_is_named_and_compared_with(html: str) -> None:
    assert html.count('class="badge">champion') >= 2
    assert "Compared on the same viewers" in html


def test_the_same_input_gives_the_same_bytes(
    small_world: World, split: Split, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        judged = judged_by(split, small_world[1])
        write(tmp_path / name, judged, split, small_world[1], data="made")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_what_is_shared_shows_no_viewer_and_no_history(
    small_world: World, split: Split, tmp_path: Path
) -> None:
    judged = judged_by(split, small_world[1])
    paths = [tmp_path / name for name in ("own", "shared")]
    write(paths[0], judged, split, small_world[1], data="made", shared=paths[1])
    own, shared = (path.read_text() for path in paths)
    assert "watched last" in own
    assert "watched last" not in shared
    assert not any(f"Viewer {str(one)[:8]}" in shared for one in split.viewers)
    assert "Compared on the same viewers" in shared


def test_a_hit_in_the_examples_is_marked(small_world: World, split: Split) -> None:
    judged = judged_by(split, small_world[1])
    html = render(judged, split, small_world[1], data="made")
    shown = sum(int(n) for n in re.findall(r"(\d+) of 10 watched later", html))
    assert html.count('<li class="hit">') == shown


def test_one_model_without_a_catalog_is_enough(checkerboard: World) -> None:
    split = leave_last_out(checkerboard[0])
    bare = Titles.bare(checkerboard[0].title_ids)
    html = render(judged_by(split, bare)[:1], split, bare, data="bare")
    assert "Compared on the same viewers" not in html


def test_no_model_is_refused(checkerboard: World) -> None:
    with pytest.raises(InputError, match="at least one judged model"):
        render([], leave_last_out(checkerboard[0]), checkerboard[1], data="none")
