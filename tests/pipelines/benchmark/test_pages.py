"""Pages are made as of a moment, judged by what came after it, and better composed than listed."""

import json
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from pipelines.benchmark.events import Events
from pipelines.benchmark.pages.askers import askers
from pipelines.benchmark.pages.judged import COMPOSED, PLAIN, UNCALIBRATED
from pipelines.benchmark.pages.newcomers import PLAYS, newcomers
from pipelines.benchmark.pages.places import looked_at
from pipelines.benchmark.temporal import load
from pipelines.commands.benchmark import benchmark
from recsys.errors import InputError
from recsys.page.examination import Examination
from recsys.page.judging import in_rows, page_miscalibration, page_ndcg
from recsys.ranking.rights import utc
from tests.pipelines.nights import world
from tests.recsys.page.material import FACTS

LOOKS = Examination(row=0.5, column=0.5)


def ids(*rows: list[int]) -> list[np.ndarray]:
    return [np.array(row, np.int32) for row in rows]


def test_a_title_counts_by_how_likely_its_place_is_looked_at() -> None:
    relevant = np.array([1, 2], np.int32)
    # Of the places 1, 1/2, 1/2, 1/4 the two best are worth 3/2.
    assert page_ndcg(ids([1, 9], [2, 8]), relevant, LOOKS, (2, 2)) == pytest.approx(1)
    assert page_ndcg(ids([9, 1], [8, 2]), relevant, LOOKS, (2, 2)) == pytest.approx(0.75 / 1.5)
    assert page_ndcg(ids([9], [8]), relevant, LOOKS, (2, 2)) == 0


def test_a_title_that_stands_twice_counts_once() -> None:
    assert page_ndcg(ids([1, 1], [1]), np.array([1], np.int32), LOOKS, (2, 2)) == 1


def test_a_page_of_the_historys_genres_is_calibrated_and_another_is_not() -> None:
    watched, weights = np.array([0, 1], np.int32), np.ones(2, np.float32)

    def off(*rows: list[int]) -> float:
        return page_miscalibration(ids(*rows), watched, weights, FACTS.genres, LOOKS)

    same = off([4, 5, 9], [5, 9, 4, 8])
    assert same < off([4, 8, 12], [5]) < off([4, 8, 12]) < off([2, 6, 10])


def test_a_list_fills_a_page_line_by_line() -> None:
    rows = in_rows(np.arange(7, dtype=np.int32), (2, 3))
    assert [row.tolist() for row in rows] == [[0, 1, 2], [3, 4, 5]]


def test_who_is_asked_knows_what_came_before_and_is_judged_by_what_came_after() -> None:
    events, moment = Events.read(world()), utc(load(world(), share=0.2).split.moment)
    asked = askers(events, moment, most=20)
    assert 0 < len(asked) <= 20
    for one in asked:
        assert len(one.relevant)
        assert (
            one.visit.history.occurred_at < np.datetime64(moment.replace(tzinfo=None), "s")
        ).all()
        assert all(
            begun.last_at < np.datetime64(moment.replace(tzinfo=None))
            for begun in one.visit.own.begun
        )
    again = askers(events, moment, most=20)
    assert [one.relevant.tolist() for one in again] == [one.relevant.tolist() for one in asked]


def test_nobody_who_watched_anything_is_an_error() -> None:
    with pytest.raises(InputError, match="pages: expected a viewer"):
        askers(Events.read(world()), datetime.fromisoformat("2090-01-01T00:00:00+00:00"), most=5)


def test_where_viewers_look_is_found_in_a_world_whose_law_is_known() -> None:
    # Its law is (1 + row)^-0.7 (1 + place)^-0.5 over five by five places: row by row it falls to about 0.75, place by place to 0.82.
    found = looked_at(world(), datetime.fromisoformat("2090-01-01T00:00:00+00:00"))
    assert found is not None
    assert found.row == pytest.approx(0.75, abs=0.1)
    # What stands further left also appeals more, so that this fall looks steeper than it is.
    assert 0.6 < found.column < 0.82
    assert looked_at(world(), datetime.fromisoformat("2000-01-01T00:00:00+00:00")) is None


def test_the_command_judges_the_ways_and_turns_the_dials(tmp_path: Path) -> None:
    path = tmp_path / "pages.json"
    arguments = ["pages", "--data", str(world()), "--share", "0.2", "--viewers", "40"]
    said = CliRunner().invoke(benchmark, [*arguments, "--json", str(path)])
    assert said.exit_code == 0, said.output
    rows = {row["model"]: row for row in json.loads(path.read_text())["rows"]}
    assert {PLAIN, COMPOSED, UNCALIBRATED, "calibration 0.9", "diversity 0.0"} <= set(rows)
    off = {name: row["metrics"]["miscalibration"] for name, row in rows.items()}
    assert off["calibration 0.9"] < off["calibration 0.0"] == off[UNCALIBRATED]
    assert all(0 <= row["metrics"]["page_ndcg"] <= 1 for row in rows.values())
    assert json.loads(path.read_text())["examination"]["fitted"]["row"] < 1
    assert rows[PLAIN]["ndcg_minus_plain"] == [0.0, 0.0, 0.0]


def test_newcomers_are_known_by_their_first_plays_alone_and_have_the_same_to_find() -> None:
    events, moment = Events.read(world()), utc(load(world(), share=0.6).split.moment)
    found = newcomers(events, moment, most=30)
    assert found
    for visits in found:
        watched = [one.visit.history.known().titles.tolist() for one in visits]
        assert [len(titles) for titles in watched] == list(range(PLAYS + 1))
        for before, after in pairwise(watched):
            assert set(before) < set(after)
        assert {tuple(one.relevant) for one in visits} == {tuple(visits[0].relevant)}
        assert not set(visits[0].relevant.tolist()) & set(watched[-1])
        moments = [one.visit.context.now for one in visits]
        assert moments == sorted(moments)


def test_a_newcomers_page_is_worth_more_after_some_plays(tmp_path: Path) -> None:
    path, picture = tmp_path / "pages.json", tmp_path / "curve.svg"
    arguments = ["pages", "--data", str(world()), "--share", "0.6", "--viewers", "60"]
    said = CliRunner().invoke(
        benchmark, [*arguments, "--json", str(path), "--picture", str(picture)]
    )
    assert said.exit_code == 0, said.output
    curve = json.loads(path.read_text())["newcomers"]
    assert [one["plays"] for one in curve] == list(range(PLAYS + 1))
    assert curve[0]["page_ndcg"] > 0
    assert curve[PLAYS]["page_ndcg"] > curve[0]["page_ndcg"]
    assert "newcomers" in said.output
    assert picture.read_text().startswith("<svg")
