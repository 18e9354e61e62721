"""All benchmarks, each run once, its answer kept, and all answers together in one document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.benchmark.document import slug, write_document
from pipelines.benchmark.kept import Kept
from pipelines.benchmark.loaders import LOADERS
from pipelines.benchmark.parts import Parts
from pipelines.benchmark.protocol import PROTOCOLS, Protocol
from pipelines.benchmark.result import Result
from pipelines.benchmark.run import models_here, run
from pipelines.figures import Json
from pipelines.files import read_json
from pipelines.recipe import Recipe
from recsys.declaration import Shelf
from recsys.errors import InputError
from recsys.machine import cores

ANSWERS = "answers"
RIVALS = "rivals"


def everything(
    data_root: Path,
    shelf: Path,
    folder: Path,
    document: Path,
    *,
    protocols: Mapping[str, Protocol] = PROTOCOLS,
    only: Sequence[str] = (),
    fresh: bool = False,
    told: Callable[[Result], None] = lambda _: None,
) -> None:
    """Run what ``protocols.toml`` lists, and write the document of all answers there are.

    Parameters
    ----------
    data_root : Path
        With a folder for each data set.
    shelf : Path
        The root of all declarations.
    folder : Path
        Keeps what models answered, by the data and the hyperparameters, and the answers as JSON. What rivals from
        elsewhere answered lies in ``rivals``, as ``make rivals`` leaves it, and is judged too.
    document : Path
        In Markdown.
    protocols : mapping of str to Protocol
        Whose runs the document has, in that order.
    only : sequence of str
        Which of them to run; by default all. The others' answers are taken as they were kept; where none was, the
        document keeps the section it has.
    fresh : bool
        Whether to fit again what is kept.
    told : callable
        Gets each result as it comes.

    Raises
    ------
    InputError
        If the data of a run are missing; nothing has been fitted then.
    """
    chosen = [one for name, one in protocols.items() if not only or name in only]
    _check(data_root, chosen)
    kept = Kept(folder / "trials", fresh=fresh)
    for protocol in chosen:
        for data, options in _runs(protocol):
            shelves = Shelf.of(shelf, protocol.asked(options))
            load = partial(LOADERS[protocol.name], data_root / data, **options)
            name = slug({"benchmark": protocol.name, "data": data, "options": options})
            rivals = folder / RIVALS / name / ANSWERS
            beside = rivals if rivals.is_dir() else None
            whole = protocol.ablated and Recipe.read(shelves, protocol.ablated)
            result = run(protocol, load, models_here(protocol), shelves, kept=kept, beside=beside)
            result.options = options
            result.parts = _ablated(result, whole, kept) if whole else {}
            result.write(folder / ANSWERS / f"{name}.json")
            told(result)
    write_document(document, _answers(folder / ANSWERS, protocols), cores())


def _ablated(result: Result, recipe: Recipe, kept: Kept) -> Json:
    """Return what each part of a hybrid adds, or nothing where there is too little to tell."""
    parts = partial(Parts.of, result.protocol, lambda: result.data, recipe)
    try:
        return kept.table(recipe, result.data, "ablation", lambda: parts().as_json())
    except InputError:
        return {}


def _runs(protocol: Protocol) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in protocol.runs:
        yield one["data"], {name: value for name, value in one.items() if name != "data"}


def _check(data_root: Path, protocols: Sequence[Protocol]) -> None:
    for protocol in protocols:
        for data, _ in _runs(protocol):
            if not (data_root / data).is_dir():
                raise InputError(
                    expected=f"a folder with the data of {protocol.name}",
                    got="nothing",
                    where=data_root / data,
                    hint="Give --data-root, or set RECSYS_DATA",
                )


def _answers(folder: Path, protocols: Mapping[str, Protocol]) -> list[Json]:
    """Return the answers in the order of the protocols and their runs; where there is none, what was asked."""
    hint = "Remove it and run the benchmark again"
    found: dict[str, Json] = {path.stem: read_json(path, hint) for path in folder.glob("*.json")}
    asked: list[Json] = [
        {"benchmark": name, "data": data, "options": options}
        for name, protocol in protocols.items()
        for data, options in _runs(protocol)
    ]
    return [found.get(slug(one), one) for one in asked]
