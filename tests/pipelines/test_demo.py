"""A demo has a store of its own, redoes nothing that did not change, and names a viewer to ask for."""

import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.demo import Place, _ingest, a_viewer, prepare
from pipelines.files import lock
from recsys.errors import BusyError, ConfigError, InputError
from recsys.settings import Settings
from tests.pipelines.nights import content, night_settings, quiet, world

ROOT = Path(__file__).parents[2]


def test_the_made_world_and_each_folder_have_stores_of_their_own(tmp_path: Path) -> None:
    settings = Settings(store=Path("data/store"), registry=Path("models/registry/store"))
    made, seeded = (Place.of(settings, None, seed) for seed in (0, 7))
    given = Place.of(settings, tmp_path, 0)
    assert made.settings.store == Path("data/demo")
    assert made.settings.registry == Path("models/registry/demo")
    assert seeded.settings.store == Path("data/demo-7")
    assert given.settings.store.parent == Path("data")
    assert given.settings.store.name.startswith(f"{tmp_path.name}-")
    assert given.data == tmp_path


def test_two_folders_of_one_name_are_two_demos(tmp_path: Path) -> None:
    folders = [tmp_path / where / "demo" for where in "ab"]
    for folder in folders:
        folder.mkdir(parents=True)
    stores = {Place.of(Settings(), data, 0).settings.store.name for data in (None, *folders)}
    assert len(stores) == 3


def test_another_world_takes_the_place_of_the_last_one_whole(tmp_path: Path) -> None:
    place = Place(night_settings(tmp_path), ROOT / "data" / "sample", 0)
    _ingest(place, quiet())
    titles = pq.read_table(place.settings.store / "raw" / "titles.parquet")
    sample = (ROOT / "data" / "sample" / "titles.jsonl").read_text().splitlines()
    assert len(titles) == len(sample)


def test_a_world_that_is_not_taken_in_leaves_the_last_one(tmp_path: Path) -> None:
    settings = night_settings(tmp_path)
    before = content(settings)
    (broken := tmp_path / "broken").mkdir()
    (broken / "events.jsonl").write_text("{}\n")
    with pytest.raises(InputError):
        _ingest(Place(settings, broken, 0), quiet())
    with lock(settings.store / "raw.lock"), pytest.raises(BusyError):
        _ingest(Place(settings, world(), 0), quiet())
    assert content(settings) == before


def test_data_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="nowhere: expected a folder"):
        Place.of(Settings(), Path("nowhere"), 0)


def test_the_second_time_nothing_is_done(tmp_path: Path) -> None:
    place = Place.of(night_settings(tmp_path), world(), 0)
    first = prepare(place, "good", quiet())
    assert [step.name for step in first.steps][:2] == ["ingest", "collect"]
    again = prepare(place, "good", quiet())
    assert not any(step.done for step in again.steps)
    assert again.champion == first.champion


def test_a_wrong_model_is_found_before_the_long_steps(tmp_path: Path) -> None:
    place = Place.of(night_settings(tmp_path), None, 0)
    with pytest.raises(ConfigError, match="got best"):
        prepare(place, "best", quiet())
    with pytest.raises(ConfigError, match="which alone can serve"):
        prepare(place, "linear", quiet())
    assert not place.settings.store.exists()


def test_the_viewer_to_ask_for_consented_and_watched(tmp_path: Path) -> None:
    settings = night_settings(tmp_path)
    viewer = a_viewer(settings.store)
    viewers = pq.read_table(settings.store / "raw" / "viewers.parquet").to_pylist()
    assert next(one for one in viewers if one["viewer_id"] == viewer)["consent"]


def test_the_command_says_what_to_open_and_what_to_try(tmp_path: Path) -> None:
    settings = night_settings(tmp_path)
    environment = {
        f"RECSYS_{name.upper()}": str(getattr(settings, name)) for name in settings.model_fields_set
    }
    program = Path(sys.executable).parent / "recsys"
    done = subprocess.run(
        [program, "demo", "--data", world(), "--model", "good", "--no-serve"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    viewer = a_viewer(Place.of(settings, world(), 0).settings.store)
    assert "open   http://127.0.0.1:8000/\n" in done.stdout
    assert f"home?viewerId={viewer}'" in done.stdout
    assert f"--viewer {viewer}\n" in done.stdout
