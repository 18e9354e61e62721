"""Can a replica answer with a bundle: asked before it may serve, so that no switch leads to nothing."""

from __future__ import annotations

from recsys.bundle import Bundle
from recsys.declaration import Declaration
from recsys.errors import BundleError, ConfigError, RecsysError

SERVED = "hybrid"
"""The algorithm that replicas load, by name: its class would bring every algorithm's library along."""

WATCHED = 3
"""Length of the history that a bundle is asked with, of the titles that most viewers watched."""


def require_servable(declaration: Declaration) -> None:
    """Refuse a model that no replica could serve, before anything is learned.

    Raises
    ------
    ConfigError
        If it is no hybrid.
    """
    if declaration.algorithm != SERVED:
        name = declaration.name
        raise ConfigError(
            expected=f"a {SERVED}, which alone can serve",
            got=declaration.algorithm,
            where=f"model {name}",
            hint=f"Use `recsys train --model {name}` or `recsys evaluate --model {name}` for it",
        )


def check_servable(bundle: Bundle) -> None:
    """Load a bundle as a replica does, and have it answer a new viewer and one with a history.

    Raises
    ------
    BundleError
        If it cannot be loaded, or does not answer both at full strength.
    """
    # Here, since they bring every algorithm's library.
    import numpy as np  # noqa: PLC0415

    from features.ranking import RankingFeatures  # noqa: PLC0415
    from recsys.context import Context  # noqa: PLC0415
    from recsys.interactions import Histories  # noqa: PLC0415
    from recsys.ranking.recommender import Recommender  # noqa: PLC0415

    try:
        recommender = Recommender.load(bundle, RankingFeatures)
        most_watched = np.argsort(-recommender.model.watchers_, kind="stable")[:WATCHED]
        histories = Histories.of([[], most_watched.tolist()], len(recommender.titles))
        context = Context.at_present()
        answer = recommender.recommend(histories, context, 1)
        # Who has watched all that may be shown now can be shown nothing more.
        left = np.delete(recommender.allowed(context), most_watched).any()
    except RecsysError as error:
        raise _refusal(bundle, error) from None
    except Exception as error:  # noqa: BLE001  a bundle may be broken in any way
        raise _refusal(bundle, f"{type(error).__name__}: {error}") from None
    if answer.degraded:
        raise _refusal(bundle, f"an answer without its {', '.join(answer.degraded)}")
    if left and (answer.ids < 0).any():
        raise _refusal(bundle, "an answer without a title")


def _refusal(bundle: Bundle, got: object) -> BundleError:
    return BundleError(
        expected="a bundle that a replica can serve",
        got=" ".join(str(got).split()),
        where=f"bundle {bundle.id} ({bundle.model})",
        hint="The champion stays",
    )
