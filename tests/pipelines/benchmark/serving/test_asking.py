"""Nobody is asked twice before all have been asked."""

from pipelines.benchmark.serving.asking import Turns, homes, similars


def test_all_are_asked_before_any_is_asked_again() -> None:
    turns = homes(100)
    first = [*turns.take(30), *turns.take(70)]
    assert len(set(first)) == 100
    assert turns.take(100) == first


def test_no_more_are_given_than_there_are() -> None:
    assert len(Turns(["a", "b"]).take(10)) == 2


def test_the_order_is_by_chance_and_the_same_again() -> None:
    assert homes(50).take(50) == homes(50).take(50)
    assert homes(50).take(50) != sorted(homes(50).take(50))


def test_similar_titles_are_asked_for_by_their_ids() -> None:
    assert similars(["t1"], 20).take(1) == ["/api/recommendations/similar/t1?limit=20"]
