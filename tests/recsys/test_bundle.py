"""A bundle is what its manifest says, is named by its content, and appears whole or not at all."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from recsys.bundle import Bundle, open_bundle, write
from recsys.errors import BundleError

UNTIL = datetime(2024, 3, 1, tzinfo=UTC)


def fill(directory: Path) -> None:
    (directory / "model").mkdir()
    (directory / "model" / "weights.npy").write_bytes(b"12345678")
    (directory / "catalog.parquet").write_bytes(b"titles")


def made(parent: Path, content: Callable[[Path], None] = fill, ndcg: float = 0.25) -> Bundle:
    return write(parent, content, model="ease", trained_until=UNTIL, metrics={"ndcg@10": ndcg})


def test_what_was_written_is_what_is_opened(tmp_path: Path) -> None:
    written = made(tmp_path)
    opened = open_bundle(tmp_path / written.id)
    assert opened == written
    assert (opened.model, opened.trained_until, opened.metrics) == (
        "ease",
        UNTIL,
        {"ndcg@10": 0.25},
    )


def test_a_link_to_a_bundle_opens_the_bundle(tmp_path: Path) -> None:
    written = made(tmp_path / "bundles")
    (tmp_path / "champion").symlink_to(f"bundles/{written.id}")
    assert open_bundle(tmp_path / "champion").path == written.path


def test_the_same_content_has_the_same_id_and_the_same_bytes_anywhere(tmp_path: Path) -> None:
    first, second = made(tmp_path / "a"), made(tmp_path / "b")
    assert first.id == second.id
    assert re.fullmatch("[0-9a-f]{16}", first.id)
    assert (first.path / "manifest.json").read_bytes() == (
        second.path / "manifest.json"
    ).read_bytes()


def test_the_moment_counts_and_not_its_time_zone(tmp_path: Path) -> None:
    berlin = UNTIL.astimezone(timezone(timedelta(hours=1)))
    again = write(tmp_path, fill, model="ease", trained_until=berlin, metrics={"ndcg@10": 0.25})
    assert again.id == made(tmp_path).id


def test_every_fact_and_every_byte_counts_in_the_id(tmp_path: Path) -> None:
    def other(directory: Path) -> None:
        fill(directory)
        (directory / "catalog.parquet").write_bytes(b"title2")

    assert len({made(tmp_path).id, made(tmp_path, other).id, made(tmp_path, ndcg=0.5).id}) == 3


def test_writing_twice_leaves_one_bundle(tmp_path: Path) -> None:
    made(tmp_path)
    made(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_broken_one_in_the_way_is_replaced(tmp_path: Path) -> None:
    broken = made(tmp_path)
    (broken.path / "catalog.parquet").write_bytes(b"tatles")
    assert open_bundle(made(tmp_path).path).id == broken.id


def test_a_fill_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fails(directory: Path) -> None:
        fill(directory)
        raise RuntimeError("out of disk")

    with pytest.raises(RuntimeError, match="out of disk"):
        made(tmp_path, fails)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda path: (path / "catalog.parquet").unlink(), "catalog.parquet: .* no file"),
        (lambda path: (path / "model/x").write_bytes(b""), "model/x: .* does not list"),
        (lambda path: (path / "catalog.parquet").write_bytes(b"title"), "expected 6 bytes, got 5"),
        (lambda path: (path / "catalog.parquet").write_bytes(b"tatles"), "catalog.*SHA-256"),
        (lambda path: (path / "manifest.json").unlink(), "manifest.json: .* no readable file"),
        (lambda path: (path / "manifest.json").write_text("{"), "manifest.json: .*JSON"),
        (lambda path: (path / "link").symlink_to("/etc/passwd"), "link: .* a link"),
    ],
    ids=["missing", "surplus", "shorter", "changed", "no manifest", "no JSON", "link"],
)
def test_a_damaged_bundle_is_refused_and_the_file_named(
    tmp_path: Path, damage: Callable[[Path], None], named: str
) -> None:
    bundle = made(tmp_path)
    damage(bundle.path)
    with pytest.raises(BundleError, match=named):
        open_bundle(bundle.path)


def test_a_manifest_that_was_touched_up_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path).path / "manifest.json"
    facts = json.loads(path.read_text()) | {"metrics": {"ndcg@10": 0.99}}
    path.write_text(json.dumps(facts))
    with pytest.raises(BundleError, match="by its content"):
        open_bundle(path.parent)


def test_the_quick_look_compares_sizes_and_not_hashes(tmp_path: Path) -> None:
    bundle = made(tmp_path)
    (bundle.path / "catalog.parquet").write_bytes(b"tatles")
    assert open_bundle(bundle.path, verify=False).id == bundle.id
    (bundle.path / "catalog.parquet").write_bytes(b"t")
    with pytest.raises(BundleError, match="6 bytes"):
        open_bundle(bundle.path, verify=False)
