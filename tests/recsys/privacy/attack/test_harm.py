"""The attack finds whoever stands out, learns what it says it learns, and finds nobody among equals."""

from dataclasses import replace

import numpy as np
import pytest

from recsys.errors import InputError
from recsys.interactions import Histories
from recsys.privacy.attack.harm import attacked
from recsys.privacy.attack.knowledge import Knowledge, known_of
from recsys.privacy.attack.scoreboard import Scoreboard, Weighing
from recsys.privacy.fragments import Cut, fragmented

VIEWERS, TITLES = 200, 400
FEW = Knowledge(titles=4, days=3)
ROW = Knowledge(titles=4, days=0, which="row")


def crowd(seed: int = 0) -> Histories:
    """Return viewers who watched twenty titles each by chance, within a year."""
    rng = np.random.default_rng(seed)
    watched = [rng.choice(TITLES, 20, replace=False).tolist() for _ in range(VIEWERS)]
    made = Histories.of(watched, TITLES)
    days = np.sort(rng.integers(0, 365, (VIEWERS, 20)), axis=1).ravel()
    at = np.datetime64("2024-01-01", "s") + days.astype("timedelta64[D]")
    return replace(made, occurred_at=at, first_at=at)


@pytest.mark.parametrize("weighing", ["scoreboard", "likelihood"])
def test_whoever_stands_out_is_found_and_all_the_rest_disclosed(weighing: Weighing) -> None:
    whole = crowd()
    harm = attacked(whole, whole, np.arange(VIEWERS), FEW, weighing=weighing)
    assert harm.targets == VIEWERS
    assert harm.linkage.mean > 0.97
    assert harm.disclosed_titles.mean == pytest.approx(16 * harm.linkage.mean)
    assert harm.history_disclosed.mean == pytest.approx(harm.linkage.mean)


def test_among_equals_nobody_is_found() -> None:
    same = Histories.of([list(range(20))] * VIEWERS, TITLES)
    harm = attacked(same, same, np.arange(VIEWERS), FEW)
    assert harm.linkage.mean == harm.claims == harm.disclosed_titles.mean == 0


def test_a_wrong_link_discloses_nothing() -> None:
    whole = crowd()
    others = np.roll(np.arange(VIEWERS), 1)
    harm = attacked(whole, whole, others, FEW)
    assert harm.claims > 0.97
    assert harm.linkage.mean == harm.disclosed_titles.mean == 0


def test_wrong_titles_among_what_is_known_do_not_save_anybody() -> None:
    whole = crowd()
    knowledge = Knowledge(titles=8, wrong=2, days=14)
    assert attacked(whole, whole, np.arange(VIEWERS), knowledge).linkage.mean > 0.97


def test_fragments_disclose_no_more_than_they_hold() -> None:
    whole = crowd()
    pieces, owners = fragmented(whole, Cut(titles=4, days=365))
    harm = attacked(whole, pieces, owners, ROW, floored=365)
    assert 1 < harm.disclosed_titles.mean <= 4


def test_two_fragments_of_one_viewer_are_joined_where_each_has_titles_that_are_known() -> None:
    whole, rng = crowd(), np.random.default_rng(0)
    halves, owners = fragmented(whole, Cut(titles=10, days=365))
    popularity = np.bincount(whole.titles, minlength=TITLES)
    board, joined = Scoreboard(halves, "likelihood", floored=365), 0
    for target in range(50):
        found = board.linked(known_of(whole, target, Knowledge(8, days=0), popularity, rng))
        joined += owners[found].tolist() == [target, target]
    assert joined > 40


def test_who_knows_that_dates_are_floored_finds_more() -> None:
    whole = crowd()
    cut = Cut(titles=10, days=365)
    pieces, owners = fragmented(whole, cut)
    naive, knowing = (
        attacked(whole, pieces, owners, Knowledge(8, days=0), floored=days)
        for days in (0, cut.floored)
    )
    assert knowing.linkage.mean > naive.linkage.mean
    assert knowing.disclosed_titles.mean > 1.2 * naive.disclosed_titles.mean


def test_by_likelihood_a_long_record_does_not_win_by_its_length() -> None:
    rng = np.random.default_rng(0)
    short = [rng.choice(TITLES, 20, replace=False).tolist() for _ in range(VIEWERS)]
    everything = rng.permutation(TITLES).tolist()
    records = Histories.of([*short, everything], TITLES)
    knowledge = Knowledge(titles=6, wrong=2, days=0)
    popularity = np.bincount(records.titles, minlength=TITLES)
    known = [known_of(records, target, knowledge, popularity, rng) for target in range(100)]
    by = {
        weighing: sum(
            Scoreboard(records, weighing).linked(one)[:1] == [target]
            for target, one in enumerate(known)
        )
        for weighing in ("scoreboard", "likelihood")
    }
    assert by["likelihood"] > 80
    assert by["scoreboard"] < by["likelihood"] / 2, by


def test_the_same_seed_gives_the_same_outcome() -> None:
    whole = crowd()
    one, again, other = (
        attacked(whole, whole, np.arange(VIEWERS), FEW, targets=50, seed=seed) for seed in (1, 1, 2)
    )
    assert one == again
    assert one.knowledge == other.knowledge


def test_without_anybody_to_attack_it_says_so() -> None:
    with pytest.raises(InputError, match="more than 4 titles"):
        attacked(few := Histories.of([[1, 2]], 9), few, np.arange(1), FEW)


def test_knowledge_that_is_all_wrong_is_refused() -> None:
    with pytest.raises(InputError, match="wrong"):
        Knowledge(titles=2, wrong=2)
