"""The space of a model's search: what may be tried for each hyperparameter, beside what is declared."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.recipe import Recipe
from pipelines.tuning.dimensions import Dimension, Value, dimensions
from recsys.declaration import SEARCH, Shelf
from recsys.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Space:
    """Where a search looks.

    Attributes
    ----------
    recipe : Recipe
        The model as declared.
    file : Path
        Where the dimensions stand.
    dimensions : dict of str to Dimension
        By paths in the config: ``l2``, ``ranker.leaves``, ``fades.0`` for the first of several.
    declared : dict of str to bool, int, float or str
        What the declaration says of each, its algorithm's default where it says nothing.
    """

    recipe: Recipe
    file: Path
    dimensions: dict[str, Dimension]
    declared: dict[str, Value]

    @classmethod
    def read(cls, recipe: Recipe) -> Space:
        """Read where to look for the hyperparameters of a model.

        The first folder of the shelf whose ``search.toml`` has a table of the model, or else of its
        algorithm, says it. What a table says of a list, it says of each of its numbers. What a declaration
        does without, such as forgetting, is not searched.

        Raises
        ------
        ConfigError
            If there is no such table; or a hyperparameter in it is unknown, its end or choice out of the
            range that the algorithm allows, or the declared value none that may be tried.
        """
        file, name, table = _table(recipe)
        config = recipe.unfitted().config.model_dump(mode="json")
        found: dict[str, Dimension] = {}
        for path, dimension in dimensions(table, file, name):
            for one in _paths(config, path, f"{file}, {name}.{path}"):
                found[one] = dimension
        declared = {path: _at(config, path) for path in found}
        # To do without something is another model, and nothing that TOML could say.
        found = {path: one for path, one in found.items() if declared[path] is not None}
        space = cls(recipe, file, found, {path: declared[path] for path in found})
        space._check(name)
        return space

    def varied(self, values: Mapping[str, Value]) -> Recipe:
        """Return the model with other hyperparameters; its parts are as they are declared."""
        config = copy.deepcopy(self.recipe.unfitted().config.model_dump(mode="json"))
        for path, value in values.items():
            *way, last = path.split(".")
            inner: Any = _at(config, ".".join(way)) if way else config
            inner[int(last) if isinstance(inner, list) else last] = value
        declaration = self.recipe.declaration.model_copy(update={"config": config})
        return Recipe(declaration, self.recipe.shelf)

    def tried(self, drawn: Mapping[str, Value]) -> dict[str, Value]:
        """Return values as they are tried: with few digits, but what is declared as it is declared."""
        return {
            path: value if value == self.declared[path] else self.dimensions[path].rounded(value)
            for path, value in drawn.items()
        }

    def _check(self, name: str) -> None:
        if not self.dimensions:
            raise ConfigError(
                expected=f"a hyperparameter that {self.recipe.declaration.name} does not do without",
                got="none",
                where=f"{self.file}, {name}",
            )
        for path, dimension in self.dimensions.items():
            where = f"{self.file}, {name}.{path}"
            for value in dimension.ends:
                try:
                    self.varied({path: value}).unfitted()
                except ConfigError as error:
                    raise ConfigError(
                        expected=f"what the algorithm allows ({error.expected})",
                        got=repr(value),
                        where=where,
                    ) from None
            if not dimension.holds(declared := self.declared[path]):
                raise ConfigError(
                    expected=f"a range that holds what {self.recipe.declaration.name} declares, {declared!r}",
                    got=dimension.model_dump(mode="json"),
                    where=where,
                    hint="Widen it, or leave this one out of the search",
                )


def _table(recipe: Recipe) -> tuple[Path, str, Mapping[str, Any]]:
    names = dict.fromkeys((recipe.declaration.name, recipe.declaration.algorithm))
    for folder in recipe.shelf.folders:
        tables = _read(folder / SEARCH)
        for name in names:
            if name not in tables:
                continue
            if not isinstance(tables[name], dict) or not tables[name]:
                raise ConfigError(
                    expected="a table of ranges and choices",
                    got=repr(tables[name]),
                    where=f"{folder / SEARCH}, {name}",
                )
            return folder / SEARCH, name, tables[name]
    raise _nowhere(recipe.shelf, list(names))


def _nowhere(shelf: Shelf, names: list[str]) -> ConfigError:
    expected = " or ".join(f"[{name}]" for name in names)
    return ConfigError(
        expected=f"a table {expected}, which says where to look",
        got="none",
        where=" or ".join(str(folder / SEARCH) for folder in shelf.folders),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(expected="where searches look", got=error.strerror, where=path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(expected="valid TOML", got=error, where=path) from None


def _paths(config: Mapping[str, Any], path: str, where: str) -> Iterator[str]:
    """Yield the paths of single values: the path itself, or that of each number of a list."""
    try:
        value = _at(config, path)
    except (KeyError, TypeError):
        raise ConfigError(
            expected=f"a hyperparameter, of {_names(config)}", got=path, where=where
        ) from None
    if isinstance(value, list):
        yield from (f"{path}.{place}" for place in range(len(value)))
    else:
        yield path


def _names(config: Mapping[str, Any], before: str = "") -> list[str]:
    names: list[str] = []
    for name, value in config.items():
        path = f"{before}{name}"
        names += _names(value, f"{path}.") if isinstance(value, dict) else [path]
    return names


def _at(config: Any, path: str) -> Any:
    for step in path.split("."):
        config = config[int(step) if isinstance(config, list) else step]
    return config
