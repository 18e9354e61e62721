"""The champion as a challenger's rival: by its bundle on days that are new to both, wherever there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.build import Built, interactions_until
from pipelines.decision import METRIC, Contestant, Figure, JudgedAs
from pipelines.gate import Compared, Rival
from pipelines.guardrails.children import too_mature
from pipelines.made import Made
from pipelines.nightly.asking import ask, ask_stored
from pipelines.nightly.display import Line
from pipelines.nightly.version import code_version
from pipelines.recipe import Recipe
from recsys.bundle import Bundle
from recsys.errors import InputError, RecsysError
from recsys.evaluate import Evaluation
from recsys.interactions import Interactions
from recsys.split import Split, global_time
from recsys.titles import Titles

LEAST_VIEWERS = 30
"""Fewer viewers than these, on the days that are new to both, show nothing."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Where a challenger meets the champion.

    Attributes
    ----------
    recipe : Recipe
        The challenger's.
    evaluation : Evaluation
        Of that recipe, fitted before ``built.cut``, on what came after.
    built : Built
    store : Path
    line : Line
        Told of the viewers that are asked.
    too_mature : int
        Titles above their limit that the challenger's recipe would show to children.
    """

    recipe: Recipe
    evaluation: Evaluation
    built: Built
    store: Path
    line: Line
    too_mature: int

    def rival(self, champion: Bundle) -> Rival:
        """Ask the champion what it can be asked fairly, and recall what it once reached."""
        recipe, made = Recipe.of(champion), _made(champion)
        how: JudgedAs = "its bundle"
        compared = self._by_bundle(champion, recipe, made) if made else None
        fresh, then = compared is not None, _then(made)
        if compared is None:
            compared, how = self._by_recipe(recipe), "its recipe, fitted before the cut"
        if compared is None:
            how = "nothing" if then is None else "what it reached when it was published"
        contestant = Contestant(
            model=champion.model,
            recipe=recipe.digest,
            code=made.code if made else None,
            bundle=champion.id,
            judged_as=how,
        )
        ours = self.recipe.digest, code_version()
        same = ours == (contestant.recipe, contestant.code)
        return Rival(contestant, compared, then, fresh=fresh, same=same)

    def _by_bundle(self, champion: Bundle, recipe: Recipe, made: Made) -> Compared | None:
        """Ask the stored bundle for what came after its training; None if too few viewers watched then."""
        meeting = self._unseen_since(made.learned_until)
        if meeting is None:
            return None
        split, evaluation = meeting
        try:
            model = recipe.load(champion)
        except RecsysError:
            return None  # written by other code, which today's cannot read
        titles = Titles.from_table(self.built.catalog)
        if evaluation is None:
            evaluation = ask(self.recipe.fit(split.train, titles), split, titles, self.line)
        theirs = ask_stored(model, split, titles, self.line)
        mature = self.too_mature, too_mature(model, split, titles)
        return Compared(evaluation, theirs, f"{split.moment}Z", split, mature)

    def _unseen_since(self, moment: datetime) -> tuple[Split, Evaluation | None] | None:
        """Return a split whose later part the champion has not seen, and how the challenger did there.

        A champion from before the cut has seen none of the held-out days. Else both meet on what came
        after its last lesson, before which the challenger's recipe is yet to be fitted.
        """
        if moment <= self.built.cut:
            return self.built.split(), self.evaluation
        ids = Titles.from_table(self.built.catalog).ids
        table, _, moment = interactions_until(self.store, moment.isoformat())
        whole, known = (
            Interactions.from_table(one, ids) for one in (self.built.interactions, table)
        )
        try:
            split = global_time(whole, moment, known=known)
        except InputError:
            return None  # nobody watched anything new since
        return (split, None) if len(split.viewers) >= LEAST_VIEWERS else None

    def _by_recipe(self, recipe: Recipe) -> Compared | None:
        """Fit the champion's recipe before the cut; None if it is the challenger's own.

        One recipe and one code make one model, whatever its bundle was made with: the challenger
        would only meet itself.
        """
        if recipe.digest == self.recipe.digest:
            return None
        titles, split = Titles.from_table(self.built.catalog), self.built.split()
        try:
            model = recipe.fit(split.train, titles)
        except RecsysError:
            return None  # declared for other code
        theirs = ask(model, split, titles, self.line)
        mature = self.too_mature, too_mature(model, split, titles)
        return Compared(self.evaluation, theirs, self.built.cut.isoformat(), split, mature)


def _made(champion: Bundle) -> Made | None:
    try:
        return Made.read(champion)
    except RecsysError:
        return None


def _then(made: Made | None) -> Figure | None:
    figure = made.figures.get(METRIC) if made else None
    return None if figure is None or figure.mean is None else figure
