"""Where the world of this benchmark lives, and what is made of it; each step only if something changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from pipelines.benchmark.serving.world import write_world
from pipelines.files import fingerprint, lock
from pipelines.nightly.display import Display
from pipelines.recipe import Recipe
from pipelines.registry import Registry
from pipelines.steps import run_step
from recsys.bundle import Bundle
from recsys.declaration import Shelf
from recsys.settings import Settings

HERE = Path(__file__).parent
MODEL = "hybrid"
SEED = 0


@dataclass(frozen=True, slots=True)
class Place:
    """One world with its store and its registry.

    Attributes
    ----------
    folder : Path
    titles : int
        That can be recommended.
    viewers : int
    sampled : int
        Viewers whom the bundle learned from; it has no parameter a viewer, so all are served.
    """

    folder: Path
    titles: int
    viewers: int
    sampled: int

    @classmethod
    def of(cls, folder: Path, titles: int, viewers: int, sampled: int) -> Place:
        """Give each size of world a folder of its own below ``folder``."""
        return cls(folder / f"{titles}x{viewers}", titles, viewers, min(sampled, viewers))

    @property
    def store(self) -> Path:
        """The store that is served."""
        return self.folder / "store"

    @property
    def registry(self) -> Registry:
        """Holds the bundle that is served."""
        return Registry(self.folder / "registry")

    def prepare(self, settings: Settings, display: Display) -> Bundle:
        """Make the world, ingest it, and train and publish a bundle on a sample of its viewers.

        Parameters
        ----------
        settings : Settings
            Whose shelf declares the parts, and whose policy the gate keeps.
        display : Display

        Returns
        -------
        Bundle
            The champion.
        """
        with lock(self.folder / "place.lock"):
            self._make(display)
            self._ingest(display, "ingest", "world", "store")
            self._ingest(display, "ingest sample", "sample", "learned")
            self._train(settings, display)
        champion = self.registry.champion()
        assert champion is not None, "just published"  # noqa: S101
        return champion

    def _make(self, display: Display) -> None:
        with display.step("world") as line:

            def work() -> None:
                write_world(
                    self.folder / "world",
                    self.folder / "sample",
                    titles=self.titles,
                    viewers=self.viewers,
                    sampled=self.sampled,
                    seed=SEED,
                    told=line.advance,
                )

            outputs = [self.folder / "world", self.folder / "sample"]
            code = fingerprint([HERE / "world.py", HERE / "crowd.py", HERE.parents[1] / "world"])
            facts = (self.titles, self.viewers, self.sampled, SEED, code)
            line.done = run_step(
                self.folder, "world", work, inputs=[], outputs=outputs, facts=facts
            )

    def _ingest(self, display: Display, name: str, source: str, store: str) -> None:
        with display.step(name) as line:

            def work() -> None:
                from pipelines.ingest import ingest  # noqa: PLC0415

                report = ingest(
                    self.folder / source, self.folder / store, anew=True, progress=line.advance
                )
                line.rows, line.result = report.events_read, f"{report.events_read:,} events"

            inputs, outputs = [self.folder / source], [self.folder / store / "raw"]
            line.done = run_step(self.folder, name, work, inputs=inputs, outputs=outputs)

    def _train(self, settings: Settings, display: Display) -> None:
        shelf = Shelf.of(settings.declarations, first=HERE)
        recipe = Recipe.read(shelf, MODEL)
        with display.step("train") as line:

            def work() -> None:
                line.result = self._publish(settings, recipe)

            inputs = [self.folder / "learned" / "raw", *recipe.files, settings.privacy_policy]
            outputs = [self.registry.root / "champion"]
            line.done = run_step(self.folder, "train", work, inputs=inputs, outputs=outputs)

    def _publish(self, settings: Settings, recipe: Recipe) -> str:
        from pipelines.anonymise import anonymise  # noqa: PLC0415
        from pipelines.build import interactions_until  # noqa: PLC0415
        from pipelines.train import train  # noqa: PLC0415
        from recsys.privacy.policy import Policy  # noqa: PLC0415

        store = self.folder / "learned"
        anonymise(store, Policy.read(settings.privacy_policy))
        interactions, catalog, until = interactions_until(store, None)
        bundles = self.registry.bundles_path
        bundle = train(recipe, interactions, catalog, until=until, bundles=bundles)
        self.registry.promote(bundle.id)
        self.registry.retain()
        return f"{bundle.id}, {len(interactions):,} interactions"


def title_ids(store: Path) -> list[str]:
    """Return the ids of a store's titles that can be recommended."""
    table = pq.read_table(store / "raw" / "titles.parquet", columns=["title_id", "series_id"])
    return table.filter(table["series_id"].is_null())["title_id"].to_pylist()
