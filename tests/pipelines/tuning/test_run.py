"""`recsys tune` proposes a change where it is proved, says so where it is not, and goes on where it was killed."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from pipelines.files import lock
from pipelines.tuning import run
from pipelines.tuning.outcome import Gain, Outcome, verdict
from pipelines.tuning.plan import Plan
from recsys.errors import BusyError, ConfigError
from recsys.metrics import Interval
from tests.pipelines import nights
from tests.pipelines.tuning import small

RECSYS = Path(sys.executable).with_name("recsys")
EASE = 'algorithm = "ease"\ndescription = "For a test."\n[config]\nl2 = 3.7\n'
NARROW = "[ease]\nl2 = { low = 1.0, high = 30.0, log = true }\nfade = { low = 0.7, high = 1.0 }\n"


def tuned(folder: Path, trials: int, model: str = small.ALS, search: str = small.SEARCH) -> Outcome:
    return run.tune(
        small.recipe(folder / "models", model, search),
        small.validation,
        Plan(None, trials),
        folder / "tuning",
        data="",
        display=nights.quiet(),
    )


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_is_proved_is_proposed_as_a_change_that_git_takes(here: Path) -> None:
    found = tuned(here, 8)
    assert found.verdict == "better"
    assert (found.best.mean or 0) > (found.tried[0].mean or 0)
    assert [one.proves for one in found.gains] == [False, False, True]
    assert found.gains[-1].interval.low > 0
    assert (here / "tuning" / "one.diff").read_text() == found.diff
    subprocess.run(["git", "apply", "tuning/one.diff"], cwd=here, check=True)
    text = (here / "models" / "one.toml").read_text()
    said = tomllib.loads(text)["config"]
    assert {name: said[name] for name, _ in found.changes.items()} == {
        name: new for name, (_, new) in found.changes.items()
    }
    assert "# Too few." in text
    assert "# to be found" in text
    report = (here / "tuning" / "one.html").read_text()
    assert "a/models/one.toml" in report
    assert 'src="' not in report


def test_the_same_search_again_changes_nothing_and_writes_the_same(here: Path) -> None:
    first = tuned(here, 3)
    written = {name: (here / "tuning" / name).read_bytes() for name in ("one.html", "one.diff")}
    again = tuned(here, 3)
    assert again.tried == first.tried
    assert {name: (here / "tuning" / name).read_bytes() for name in written} == written
    assert json.dumps(again.as_json()) == json.dumps(first.as_json())


def test_without_a_better_trial_there_is_no_change_and_no_diff_of_before(here: Path) -> None:
    (here / "tuning").mkdir()
    (here / "tuning" / "one.diff").write_text("of another day")
    found = tuned(here, 1)
    assert (found.verdict, found.diff, found.gains) == ("nothing better", "", [])
    assert not (here / "tuning" / "one.diff").exists()
    assert "No change is proposed" in found.text()


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((0.001, 0.003), "better"),
        ((-0.001, 0.003), "no difference shown"),
        ((0.0, 0.003), "no difference shown"),
        ((-0.003, -0.001), "worse"),
    ],
)
def test_the_slice_that_chose_nothing_decides(ends: tuple[float, float], said: str) -> None:
    chose = Gain("earlier", 9, Interval(0.9, 0.8, 1.0), proves=False)
    proves = Gain("later", 9, Interval(0.001, *ends), proves=True)
    assert verdict([chose, proves]) == said


def test_a_model_that_is_declared_otherwise_is_another_search(here: Path) -> None:
    assert len(tuned(here, 2).tried) == 2
    other = tuned(here, 1, model=small.ALS.replace("l2 = 0.005", "l2 = 0.01"))
    assert len(other.tried) == 1


def test_of_two_at_the_same_search_one_is_sent_away(here: Path) -> None:
    with lock(here / "tuning" / "one.lock"), pytest.raises(BusyError):
        tuned(here, 1)


def test_a_search_that_is_declared_wrongly_is_refused_before_anything_is_read(here: Path) -> None:
    with pytest.raises(ConfigError, match="high above low"):
        tuned(here, 1, search="[als]\nfactors = { low = 3, high = 1 }\n")
    assert not (here / "tuning").exists()


def command(folder: Path, *more: str) -> list[str]:
    return [str(RECSYS), "tune", "one", "--store", str(folder / "store"), "--slices", "3", *more]


def begun(folder: Path, *more: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "RECSYS_DECLARATIONS": str(folder / "models")}
    return subprocess.Popen(
        command(folder, *more),
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_search_that_was_killed_ends_as_one_that_was_not(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    answers = {}
    for folder in (one, other):
        small.store(folder)
        small.recipe(folder / "models", EASE, NARROW)
    for kills in range(2):
        killed = begun(other, "--trials", "4")
        _wait_for_trials(other / "store" / "tuning" / "one.db", kills + 1)
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
    for folder in (one, other):
        process = begun(folder, "--trials", "4", "--json", str(folder / "answer.json"))
        _, told = process.communicate()
        assert process.returncode in {0, 3}, told
        answers[folder] = json.loads((folder / "answer.json").read_text())
        for trial in answers[folder]["trials"]:
            del trial["seconds"]
        del answers[folder]["report"]
    assert answers[one] == answers[other]
    assert len(answers[one]["trials"]) == 4


def test_bad_input_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    small.store(tmp_path)
    small.recipe(tmp_path / "models", EASE, NARROW)
    for more, said in (
        (("--budget", "soon"), "--budget"),
        (("--slices", "2"), "--slices"),
        (("--memory-gb", "-1"), "--memory-gb"),
        (("--fold-in", "random"), "--fold-in"),
    ):
        process = begun(tmp_path, *more)
        _, told = process.communicate()
        assert process.returncode == 2
        assert said in told
        assert "Traceback" not in told
    assert not (tmp_path / "store" / "tuning" / "one.db").exists()


def _wait_for_trials(path: Path, count: int) -> None:
    """Wait until a search has so many trials on disk, ended or not."""
    while True:
        time.sleep(0.05)
        if not path.exists():
            continue
        try:
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
                found = database.execute("SELECT count(*) FROM trials").fetchone()[0]
        except sqlite3.OperationalError:
            continue  # its tables are being made
        if found >= count:
            return
