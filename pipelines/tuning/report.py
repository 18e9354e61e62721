"""A search as one HTML file that needs no other; the same search gives the same bytes."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipelines.tuning import plots
from pipelines.tuning.outcome import Outcome


def render(found: Outcome) -> str:
    """Return the report of a search."""
    environment = Environment(
        loader=PackageLoader("pipelines.tuning", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    dimensions, tried, best = found.space.dimensions, found.tried, found.best
    return environment.get_template("report.html.j2").render(
        found=found,
        model=found.space.recipe.declaration.name,
        history=plots.history(tried, best),
        importance=plots.importance(found.importance) if found.importance else "",
        slices=[plots.slices(path, one, tried, best) for path, one in dimensions.items()],
        parallel=plots.parallel(dimensions, tried, best) if len(dimensions) > 1 else "",
        refused=[one for one in tried if one.refused],
    )
