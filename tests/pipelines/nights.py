"""A small store to run nights in."""

import json
import shutil
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

from rich.console import Console

from pipelines import tracking
from pipelines.ingest import ingest
from pipelines.nightly.display import Display
from pipelines.world import make
from recsys.settings import Settings

ROOT = Path(__file__).parents[2]
KEY = "0123456789abcdef" * 4

HYBRID = 'algorithm = "hybrid"\ndescription = "{}"\n[config]\n{}\n'
FEW = "stretches = 1\nmost_lessons = 200\nranker = { trees = 10, least_trees = 5 }"
PARTS = """parts = ["linear", "popular"]
half_lives_days = [30]
"""

DECLARED = {
    "linear": 'algorithm = "ease"\ndescription = "A part."\n[config]\nl2 = 8.0\n',
    "popular": 'algorithm = "popularity"\ndescription = "A part."\n',
    "good": HYBRID.format("Learns.", PARTS + FEW),
    "bad": HYBRID.format(
        "Decayed to nothing but the last hours.",
        'parts = ["popular"]\nhalf_lives_days = [0.001]\n' + FEW,
    ),
    "strict": HYBRID.format("Asks too much.", PARTS + FEW) + '[gates]\n"ndcg@10" = 0.99\n',
}


@cache
def world() -> Path:
    """Return a small world, made once."""
    folder = Path(mkdtemp()) / "world"
    make(folder, seed=1, viewers=400, titles=250, days=14)
    return folder


@cache
def template() -> Path:
    """Return a store with a key, with all of the world ingested, and with an empty MLflow."""
    store = Path(mkdtemp()) / "store"
    ingest(world(), store)
    key = store / "key" / "pseudonym.key"
    key.parent.mkdir(mode=0o700)
    key.write_text(KEY)
    key.chmod(0o600)
    with tracking._client(Settings(store=store)) as client:
        client.search_experiments()
    return store


def night_settings(folder: Path) -> Settings:
    """Return the settings of a fresh store with declared models that are small and quick."""
    shutil.copytree(template(), folder / "store")
    shelf = folder / "models"
    shelf.mkdir()
    for name, text in DECLARED.items():
        (shelf / f"{name}.toml").write_text(text)
    return Settings(
        store=folder / "store",
        registry=folder / "registry",
        declarations=shelf,
        privacy_policy=ROOT / "data" / "privacy.toml",
        health_policy=ROOT / "data" / "health.toml",
    )


def quiet() -> Display:
    """Return a display that shows nothing."""
    return Display(Console(quiet=True))


def content(settings: Settings) -> dict[str, str]:
    """Return the hash of every file that a night leaves, but MLflow's and the times of switches."""
    found = {}
    for path in [*_files(settings.store), *_files(settings.registry)]:
        name = str(path.relative_to(settings.store.parent))
        if name.startswith("store/ml") or path.suffix == ".lock":
            continue
        found[name] = sha256(path.read_bytes()).hexdigest()
        if path.name == "history.jsonl":
            entries = [json.loads(line) for line in path.read_text().splitlines()]
            found[name] = str([{**one, "switched_at": ""} for one in entries])
    return found


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())
