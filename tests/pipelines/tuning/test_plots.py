"""A search is drawn: every hyperparameter, on its own scale, with the declared and the best values in it."""

from pipelines.tuning import plots
from pipelines.tuning.dimensions import Choices, Range
from pipelines.tuning.study import Tried

DIMENSIONS = {
    "factors": Range(low=1, high=100, log=True),
    "fade": Range(low=0.5, high=1.0),
    "weighting": Choices(choices=("cosine", "bm25")),
}


def tried(number: int, gain: float | None, *values: int | float | str, **more: object) -> Tried:
    facts = {"mean": gain, "means": (0.1,), "refused": "", "seconds": 1.0} | more
    return Tried(
        number=number, values=dict(zip(DIMENSIONS, values, strict=True)), gain=gain, **facts
    )  # type: ignore[arg-type]


TRIED = [
    tried(0, 0.0, 1, 0.5, "cosine"),
    tried(1, 0.02, 10, 0.75, "bm25"),
    tried(2, -0.01, 100, 1.0, "cosine", mean=None),
    tried(3, None, 50, 0.6, "bm25", mean=None, refused="no memory"),
]


def test_heights_are_where_values_lie_between_the_ends_of_their_ranges() -> None:
    heights = [plots._heights(DIMENSIONS, one.values).tolist() for one in TRIED[:3]]
    # 10 lies half way from 1 to 100 where each factor counts alike.
    assert heights == [[0.0, 0.0, 0.0], [0.5, 0.5, 1.0], [1.0, 1.0, 0.0]]


def test_each_plot_is_one_drawing_with_its_words_and_the_same_bytes_again() -> None:
    for draw, words in (
        (lambda: plots.history(TRIED, TRIED[1]), ["given up on the way", "trial"]),
        (lambda: plots.importance({"fade": 0.7, "factors": 0.3}), ["fade", "factors"]),
        (lambda: plots.parallel(DIMENSIONS, TRIED, TRIED[1]), list(DIMENSIONS)),
        (
            lambda: plots.slices("weighting", DIMENSIONS["weighting"], TRIED, TRIED[1]),
            ["cosine", "bm25"],
        ),
        (lambda: plots.slices("factors", DIMENSIONS["factors"], TRIED, TRIED[1]), ["factors"]),
    ):
        drawn = draw()
        assert drawn.startswith("<svg")
        assert [word for word in words if word not in drawn] == []
        assert draw() == drawn


def test_of_a_search_without_trials_beyond_the_declared_there_are_plots_too() -> None:
    assert plots.history(TRIED[:1], TRIED[0]).startswith("<svg")
    assert plots.parallel(DIMENSIONS, TRIED[:1], TRIED[0]).startswith("<svg")
