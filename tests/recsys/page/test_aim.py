"""What a page is aimed at, and what one more title is worth to it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.page.aim import SESSION, Aim
from recsys.page.genres import divergence
from recsys.page.margin import Margin
from tests.recsys.page.material import FACTS, N_TITLES, POLICY, material

GENRES = FACTS.genres.names.tolist()
places = st.lists(st.tuples(st.integers(0, N_TITLES - 1), st.floats(0.05, 1)), max_size=12)


def wanted(aim: Aim) -> dict[str, float]:
    return {
        GENRES[genre]: float(share) for genre, share in zip(aim.genres, aim.wanted, strict=True)
    }


def test_the_mix_is_that_of_the_history_and_of_what_was_opened() -> None:
    comedies = material(watched=[0, 4, 8])
    opened = np.array([1, 5, 2], np.int32)  # two dramas and a crime
    both = replace(comedies, opened=opened)
    share = 3 / (3 + SESSION)
    expected = {"Comedy": 1 - share, "Drama": share * 2 / 3, "Crime": share / 3}
    assert wanted(Aim.of(comedies, POLICY.page, 20)) == {"Comedy": pytest.approx(1)}
    assert wanted(Aim.of(both, POLICY.page, 20)) == pytest.approx(expected)
    nobody = replace(material(), opened=opened)
    assert wanted(Aim.of(nobody, POLICY.page, 20)) == pytest.approx(
        {"Drama": 2 / 3, "Crime": 1 / 3}
    )


@settings(deadline=None, max_examples=50)
@given(watched=st.lists(st.integers(0, 39), min_size=1, max_size=6, unique=True), put=places)
def test_a_title_is_worth_what_a_little_of_it_adds_to_the_aim(
    watched: list[int], put: list[tuple[int, float]]
) -> None:
    of = material(watched=watched)
    aim = Aim.of(of, POLICY.page, 20)
    margin, mass = Margin(aim, FACTS.genres.of_title), aim.mass.astype(np.float64)
    shares = FACTS.genres.shares.astype(np.float64)

    def added(title: int, look: float) -> np.ndarray:
        return look * np.append(shares[title][aim.genres], shares[title].sum())

    def value(now: np.ndarray) -> float:
        return -aim.weight * float(divergence(aim.wanted.astype(np.float64), now[:-1] / now[-1]))

    for title, look in put:
        margin.put(title, look)
        mass = mass + added(title, look)
    appeal = np.linspace(0, 0.15, N_TITLES)
    little = 1e-5
    slopes = [
        (value(mass + added(title, little)) - value(mass - added(title, little))) / (2 * little)
        for title in range(N_TITLES)
    ]
    worth = (1 - aim.weight) * appeal / aim.scale + np.array(slopes)
    options = list(range(N_TITLES))
    best = margin.best(appeal.tolist(), options, options)
    assert worth[best] == pytest.approx(worth.max(), abs=1e-6)
