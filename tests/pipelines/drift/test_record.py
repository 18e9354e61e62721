"""What is above its threshold is said in a line, and what is usual is not."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.decision import METRIC, Contestant, Decision, Figure
from pipelines.drift import page
from pipelines.drift.record import Drift, Share
from pipelines.drift.shifts import Shift
from pipelines.drift.trend import Night, lost, trend
from pipelines.drift.vectors import Moved
from pipelines.health.findings import Checked, Fault, Finding
from tests.pipelines.health.stores import POLICY

LIMITS = POLICY.drift


def shift(psi: float, ks: float | None, usual: tuple[float, float] | None = None) -> Shift:
    made = Shift(name="length", bins=("1", "2"), then=(0.5, 0.5), now=(0.2, 0.8), psi=psi, ks=ks)
    if usual is None:
        return made
    return made.beside(made.model_copy(update={"psi": usual[0], "ks": usual[1]}))


def drift(**fields: object) -> Drift:
    return Drift(decision="m-2026-01-01-aa.json", champion="00", **fields).judged(LIMITS)  # type: ignore[arg-type]


def test_a_number_must_have_moved_by_both_measures() -> None:
    assert drift(features=(shift(0.3, 0.3),)).alarms == (
        "length: PSI 0.300 (limit 0.25), KS 0.300 (limit 0.2)",
    )
    assert drift(features=(shift(0.3, 0.1),)).alarms == ()
    assert drift(features=(shift(0.2, 0.3),)).alarms == ()


def test_a_category_must_have_moved_by_the_one_it_has() -> None:
    assert drift(watched=(shift(0.3, None),)).alarms == ("length: PSI 0.300 (limit 0.25)",)


def test_what_moves_as_much_every_week_is_not_told() -> None:
    assert drift(features=(shift(0.9, 0.5, (0.5, 0.3)),)).alarms == ()
    assert drift(features=(shift(1.1, 0.7, (0.5, 0.3)),)).alarms != ()


def test_vectors_and_shares_are_told() -> None:
    moved = Moved(part="als", n_titles=99, median=0.6, p90=0.9, histogram=(1.0,))
    shares = {"new_viewers": Share(then=0.1, now=0.3), "cold_titles": Share(then=0.1, now=0.2)}
    assert drift(vectors=(moved,), shares=shares).alarms == (
        "vectors of als: the median title moved 0.60 (limit 0.5)",
        "new viewers: 10.0% then, 30.0% now (limit 15% apart)",
    )


def nights(*means: float | None) -> list[Night]:
    return [
        Night(
            cut=f"2026-01-{at + 1:02}",
            model="m",
            published=True,
            metrics={METRIC: Figure(mean=mean, low=mean, high=mean)},
        )
        for at, mean in enumerate(means)
    ]


def test_a_night_is_held_against_the_median_of_those_before() -> None:
    assert lost(nights(0.2, 0.2, 0.9, 0.1)) == pytest.approx(0.5)
    assert lost(nights(0.2, 0.2, 0.1)) is None
    assert lost(nights(0.2, 0.2, 0.2, None)) is None
    (line,) = drift(trend=tuple(nights(0.2, 0.2, 0.2, 0.16))).alarms
    assert line == "the newest night lost 20% of the usual ndcg@10 (limit 15%)"


def decision(cut: str, mean: float) -> Decision:
    return Decision(
        published=True,
        reasons=("it is so",),
        challenger=Contestant(model="m", recipe="aa"),
        champion=None,
        cut=cut,
        n_viewers=9,
        tolerance=0.05,
        metrics={METRIC: Figure(mean=mean, low=mean, high=mean)},
        comparison=None,
        memory=None,
        floors={},
    )


def test_the_trend_is_in_the_order_of_cuts_and_leaves_out_what_cannot_be_read(
    tmp_path: Path,
) -> None:
    for cut, mean in (("2026-01-03", 0.3), ("2026-01-01", 0.1), ("2026-01-09", 0.9)):
        decision(cut, mean).write(tmp_path)
    (tmp_path / "old.json").write_text('{"published": true}')
    drift().write(tmp_path)
    found = trend(tmp_path, decision("2026-01-04", 0.4))
    assert [night.metrics[METRIC].mean for night in found] == [0.1, 0.3, 0.4]


def test_a_record_lies_beside_its_decision(tmp_path: Path) -> None:
    made = drift(features=(shift(0.3, 0.3),))
    path = made.write(tmp_path)
    assert path.name == "m-2026-01-01-aa.drift.json"
    assert Drift.model_validate_json(path.read_text()) == made
    assert made.summary() == "1 above threshold; length moved most (PSI 0.300)"


def test_the_page_needs_no_other_file_and_reads_in_the_dark() -> None:
    fault = Fault(
        day=date(2026, 1, 2), expected="<more>", got="none", where="raw/events", hint="Look"
    )
    checked = Checked(
        newest=date(2026, 1, 2),
        findings=(Finding(check="volume", severity="warn", judged="days", faults=(fault,)),),
    )
    moved = Moved(part="als", n_titles=99, median=0.6, p90=0.9, histogram=(0.5, 0.5))
    made = drift(vectors=(moved,), trend=tuple(nights(0.2, 0.3)), watched=(shift(0.3, None),))
    html = page.render(made, checked, LIMITS, data="test")
    assert html == page.render(made, checked, LIMITS, data="test")
    assert "prefers-color-scheme: dark" in html
    assert "expected &lt;more&gt;, got none" in html
    assert "<svg" in html
    assert not [one for one in ("<script", "src=", "@import", "url(http") if one in html]


def test_a_first_night_has_a_page_too() -> None:
    made = drift(not_compared="there is no champion yet")
    assert "there is no champion yet" in page.render(made, None, LIMITS, data="test")
