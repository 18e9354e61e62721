"""A page explores as much as it is told to, with known odds, and what is known explores no more."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from recsys.page.assemble import assemble
from recsys.page.explore import Exploration, unknown
from recsys.page.facts import Facts
from recsys.page.kinds.catalog import Kids
from recsys.page.kinds.picked import Genre
from recsys.page.material import Material
from recsys.page.ranked import Row
from tests.recsys.page.material import NOW, material, policy, ranked, titles

NEW = {f"t{n:02d}": {"available_from": NOW - timedelta(days=n - 30)} for n in range(35, 40)}
FACTS = Facts.of(titles(**NEW))
"""Titles 35 to 39 came five to nine days ago, and are the least watched."""
ASKER = material(watched=[0], picks=range(1, 30), facts=FACTS)


def page(seed: int, **exploration: object) -> Row:
    proposed = [
        Row("top-picks", "top-picks", "", "", "hybrid", ranked(range(1, 21)), open_to=ASKER.fresh)
    ]
    made = policy([{"kind": "top-picks"}], titles=10)
    made = made.model_copy(update={"exploration": Exploration(**{"share": 0.2} | exploration)})
    (row,) = assemble(proposed, ASKER, made, seed)
    return row


def test_unknown_are_the_new_that_few_watched() -> None:
    assert sorted(unknown(Exploration(share=0.1), ASKER)) == [35, 36, 37, 38, 39]
    assert sorted(unknown(Exploration(share=0.1, days=7), ASKER)) == [35, 36, 37]
    # Titles below the tenth percentile of being watched: the last four.
    assert sorted(unknown(Exploration(share=0.1, known=0.1), ASKER)) == [36, 37, 38, 39]


def test_a_share_of_the_places_explores_and_the_rest_stands_as_it_was() -> None:
    row = page(1)
    drawn = [title for title in row.titles.ids.tolist() if title >= 35]
    assert len(drawn) == 2
    assert [at for at, source in enumerate(row.titles.sources) if source == "explored"] == [2, 7]
    assert [t for t in row.titles.ids.tolist() if t < 35] == list(range(1, 9))
    assert set(row.chance) == set(drawn)


def test_nothing_is_drawn_where_nothing_is_to_be_explored() -> None:
    assert page(1, share=0.0).titles.ids.tolist() == list(range(1, 11))
    assert page(1, days=1).chance == {}


def test_the_same_seed_draws_the_same() -> None:
    assert page(7).titles.ids.tolist() == page(7).titles.ids.tolist()


def test_titles_are_drawn_as_often_as_the_odds_say() -> None:
    pages = [page(seed, warmth=0.0) for seed in range(600)]
    first = Counter(int(row.titles.ids[2]) for row in pages)
    assert all(row.chance[int(row.titles.ids[2])] == pytest.approx(1 / 5) for row in pages)
    assert set(first) == {35, 36, 37, 38, 39}
    # Of 600 draws a fifth are 120; five standard deviations are 49.
    assert all(71 <= count <= 169 for count in first.values())


def test_where_most_titles_are_watched_by_nobody_those_are_unknown() -> None:
    tail = replace(ASKER, popularity=np.where(np.arange(40) < 15, 1, 0).astype(np.float32))
    assert sorted(unknown(Exploration(share=0.1), tail)) == [35, 36, 37, 38, 39]


def test_nothing_is_explored_in_a_row_whose_name_it_would_make_untrue() -> None:
    # The new titles are for sixteen and older; a comedy among them may stand among comedies.
    kids = Kids(kind="kids")
    comedies = Genre(kind="genre", tried=1)
    asker = material(
        watched=[0, 4], picks=range(1, 30), crowd=range(1, 8), facts=FACTS, maximum_age=12
    )
    kinds = [{"kind": "kids"}, {"kind": "genre"}]
    made = policy(kinds, titles=10).model_copy(update={"exploration": Exploration(share=0.2)})
    rows = {
        row.kind: row
        for seed in range(5)
        for row in assemble([*kids.rows(asker), *comedies.rows(asker)], asker, made, seed)
    }
    assert not rows["kids"].chance
    assert all(FACTS.ages[title] <= 7 for title in rows["kids"].titles.ids)
    assert {int(title) % 4 for title in rows["genre"].titles.ids} == {0}


def explored(asker: Material, seed: int) -> dict[int, float]:
    """What a page shows by chance, and with what chance."""
    proposed = [
        Row("top-picks", "top-picks", "", "", "hybrid", ranked(range(1, 21)), open_to=asker.fresh)
    ]
    made = policy([{"kind": "top-picks"}], titles=10)
    made = made.model_copy(update={"exploration": Exploration(share=0.2)})
    (row,) = assemble(proposed, asker, made, seed)
    return {
        int(title): row.chance[int(title)] for title in row.titles.ids if int(title) in row.chance
    }


def test_a_title_graduates_once_as_many_watched_it_as_half_of_the_catalog() -> None:
    # Thirty-five titles have 1 to 35 viewers, five new ones none: half of all forty have 15.5 or more.
    viewers = np.append(np.arange(35, 0, -1), [0] * 5).astype(np.float32)
    random, new, rate = np.random.default_rng(3), 38, 0.3
    shown, plays, weight, played = 0, 0, 0.0, 0.0
    for number in range(2000):
        asker = replace(ASKER, popularity=viewers)
        if new not in unknown(Exploration(share=0.2), asker):
            break
        chance = explored(asker, number).get(new)
        if chance is not None:
            chosen = random.random() < rate
            shown, plays = shown + 1, plays + chosen
            weight, played = weight + 1 / chance, played + chosen / chance
            viewers[new] += chosen
    # Sixteen viewers, no fewer and no more; at three plays in ten shown, some fifty times.
    assert plays == 16 == viewers[new]
    assert 30 <= shown <= 90
    # What its places by chance say of it, each counted by the logged odds: within two standard errors of the truth.
    assert played / weight == pytest.approx(rate, abs=2 * np.sqrt(rate * (1 - rate) / shown))
    asker = replace(ASKER, popularity=viewers)
    later = [explored(asker, number) for number in range(50)]
    assert all(new not in page for page in later)
    assert {title for page in later for title in page} == {35, 36, 37, 39}
