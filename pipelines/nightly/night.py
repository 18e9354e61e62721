"""The order of the night's steps, what each depends on, and what each leaves."""

from __future__ import annotations

import json
from datetime import date

from pipelines import withdrawn
from pipelines.files import lock, sweep
from pipelines.nightly.display import Display, Line
from pipelines.nightly.outcome import NightReport
from pipelines.nightly.places import (
    CHECKS,
    DRIFT_REPORT,
    NIGHT,
    OWN,
    REPORT,
    SHARED_REPORT,
    SITTINGS,
)
from pipelines.nightly.required import require_input
from pipelines.nightly.stepping import Stepping, forget_unless
from pipelines.recipe import Recipe
from pipelines.servable import require_servable
from recsys.errors import BusyError, InputError
from recsys.settings import Settings


def run_night(
    settings: Settings, model: str, *, display: Display | None = None, day: date | None = None
) -> NightReport:
    """Take new events through the gate to a bundle that serves, unless it is worse than the champion.

    A step is skipped when nothing it depends on has changed: the content of its input files, the
    declaration, the privacy policy, the code. So a run that was killed goes on where it was, and a
    second run in a row changes nothing. What was decided once is not decided again: after a rollback
    by hand the same challenger does not come back, until its data, its declaration or the code change.

    Parameters
    ----------
    settings : Settings
    model : str
        Name on the shelf of declarations.
    display : Display, optional
    day : date, optional
        UTC; the day that the night is for, whose events must be there and whole. By default the newest
        one that ran to its end.

    Raises
    ------
    ConfigError
        If there is no such model, or no replica could serve it.
    BusyError
        If a night job is running in this store.
    HealthError
        If a check of the day's data stops the night.
    RecsysError
        If a step refuses its input; what earlier steps wrote stays, and the champion too. It is told
        to ``alert_url`` before, as a refusal by the gate and drift are.
    """
    display = display or Display()
    try:
        recipe = Recipe.read(settings.declarations, model)
        require_servable(recipe.declaration)
        require_input(settings)
        with lock(settings.store / NIGHT):
            for folder in OWN:
                sweep(settings.store / folder)
            return _Night(settings, recipe, display, day).run()
    except BusyError:
        raise  # whoever is at work tells what comes of it
    except Exception as error:
        from pipelines.nightly.telling import tell_stopped  # noqa: PLC0415

        tell_stopped(settings, model, error, display)
        raise


class _Night(Stepping):
    def run(self) -> NightReport:
        self._declare()
        self._collect()
        self._anonymise()
        self._check()
        self._build()
        self._evaluate()
        self._gate()
        self._drift()
        published = json.loads(self.decision.read_text())["published"]
        challenger = self._publish() if published else None
        self._track(challenger)
        self._tell()
        return self._report(challenger)

    def _declare(self) -> None:
        """Find a wrong hyperparameter before any work; once, since it takes every library's import."""
        self.step(Line("declare"), self._build_model, self.recipe.files, [])

    def _build_model(self) -> None:
        self.recipe.unfitted()

    def _collect(self) -> None:
        with self.display.step("collect") as line:
            from pipelines.collect import collect  # noqa: PLC0415
            from pipelines.collect_titles import collect_titles  # noqa: PLC0415

            new, changed = collect(self.settings), collect_titles(self.settings)
            line.rows, line.done = new or 0, bool(new) or bool(changed)
            line.result = "no database yet" if new is None else f"{new:,} new events"
            if changed:
                line.result += f", {changed:,} titles as staff say"

    def _anonymise(self) -> None:
        store, policy = self.settings.store, self.settings.privacy_policy
        names = ("events", "titles.parquet", "viewers.parquet", withdrawn.NAME)
        raw = [store / "raw" / name for name in names]
        key = store / "key" / "pseudonym.key"
        with self.display.step("anonymise") as line:
            from pipelines.left_of_gate import require_raw  # noqa: PLC0415
            from recsys.privacy.pseudonym import load_key  # noqa: PLC0415

            require_raw(store / "raw")
            load_key(key)

            def work() -> None:
                from pipelines.anonymise import anonymise  # noqa: PLC0415
                from pipelines.health.check import check_raw  # noqa: PLC0415
                from pipelines.health.policy import HealthPolicy  # noqa: PLC0415
                from recsys.privacy.policy import Policy  # noqa: PLC0415

                check_raw(store, HealthPolicy.read(self.settings.health_policy))
                report = anonymise(store, Policy.read(policy), progress=line.advance)
                line.rows = report.events_in
                line.result = f"{report.events_in:,} events in, {report.events_out:,} out"

            inputs = [key, policy, *(path for path in raw if path.exists())]
            self.step(line, work, inputs, [store / "lake"])

    def _check(self) -> None:
        """Look at the day's data before anything learns from it.

        What the champion knows of titles is looked at, too, and is no input: a night that published is not
        to check again what it has learned from.
        """
        with self.display.step("check") as line:

            def work() -> None:
                from pipelines.nightly.checking import check_data  # noqa: PLC0415

                check_data(self.settings, self.registry, line, self.day)

            inputs = [self.settings.store / "lake", self.settings.health_policy]
            self.step(line, work, inputs, [self.settings.store / CHECKS], self.day)

    def _build(self) -> None:
        store = self.settings.store
        with self.display.step("build") as line:

            def work() -> None:
                from pipelines.build import build  # noqa: PLC0415

                line.rows = build(store)
                line.result = f"{line.rows:,} interactions"

            self.step(line, work, [store / "lake"], [store / "built"])

    def _evaluate(self) -> None:
        with self.display.step("evaluate") as line:

            def work() -> None:
                from pipelines.nightly.judging import evaluate_challenger  # noqa: PLC0415

                evaluate_challenger(self.settings.store, self.recipe, line)

            reports = [self.settings.store / one for one in (REPORT, SHARED_REPORT)]
            outputs = [self.challenger, *reports]
            self.step(line, work, [*self.learned_from, *self.recipe.files], outputs)

    def _gate(self) -> None:
        with self.display.step("gate") as line:

            def work() -> None:
                from pipelines.nightly.judging import decide_challenger  # noqa: PLC0415

                decide_challenger(self.settings.store, self.recipe, self.registry, line)

            forget_unless(self.decision, self.registry.root / "decisions", "decision")
            inputs = [self.challenger, *self.learned_from, *self.recipe.files]
            self.step(line, work, inputs, [self.decision])

    def _drift(self) -> None:
        """Measure against the champion that the decision was made against, before another one serves."""
        with self.display.step("drift") as line:

            def work() -> None:
                from pipelines.nightly.drifting import measure_drift  # noqa: PLC0415

                measure_drift(self.settings, self.registry, line)

            store, policy = self.settings.store, self.settings.health_policy
            forget_unless(self.drift, self.registry.root / "decisions", "drift")
            inputs = [self.decision, self.challenger, *self.learned_from, policy, store / CHECKS]
            self.step(line, work, inputs, [self.drift, store / DRIFT_REPORT])

    def _publish(self) -> str:
        """Fit on everything, write the bundle, and let it serve; return its id."""
        store = self.settings.store
        with self.display.step("sittings") as line:

            def learn() -> None:
                from pipelines.nightly.publishing import learn_sittings  # noqa: PLC0415

                learn_sittings(store, line)

            self.step(line, learn, [store / "lake"], [store / SITTINGS])
        with self.display.step("bundle") as line:

            def work() -> None:
                from pipelines.nightly.publishing import fit_bundle  # noqa: PLC0415

                fit_bundle(store, self.recipe, self.registry, line)

            forget_unless(self.bundle, self.registry.bundles_path, "bundle")
            inputs = [*self.learned_from, *self.recipe.files, self.decision, store / SITTINGS]
            self.step(line, work, inputs, [self.bundle])
        challenger: str = json.loads(self.bundle.read_text())["bundle"]
        with self.display.step("publish") as line:

            def switch() -> None:
                self.registry.promote(challenger)
                self.registry.retain()
                line.result = f"{challenger} serves"

            if self.registry.champion_id() is None:
                self.forget("publish")
            self.step(line, switch, [self.bundle, self.decision], [])
        return challenger

    def _track(self, challenger: str | None) -> None:
        """Mirror evaluation and champion in MLflow, last, since nothing waits for it."""
        settings = self.settings
        address = settings.tracking_url or "mlflow.db"
        with self.display.step("track") as line:
            from pipelines.tracking import is_tracked  # noqa: PLC0415

            def work() -> None:
                from pipelines.nightly.publishing import mirror  # noqa: PLC0415

                line.result = mirror(settings, self.recipe, self.registry, challenger)

            if not is_tracked(settings):
                self.forget("track")
            inputs = [self.challenger, self.decision]
            try:
                self.step(line, work, inputs, [], address, challenger)
            except InputError as error:
                # MLflow is a mirror: what serves does not wait for it, and the next night tries again.
                line.done, line.result = False, f"not logged: {error}"

    def _tell(self) -> None:
        from pipelines.nightly.telling import tell_outcome  # noqa: PLC0415

        tell_outcome(self.settings, self.recipe.declaration.name, self.registry, self.display)

    def _report(self, challenger: str | None) -> NightReport:
        path = self.registry.root / "decisions" / json.loads(self.decision.read_text())["decision"]
        decision = json.loads(path.read_text())
        return NightReport(
            published=decision["published"],
            reasons=tuple(decision["reasons"]),
            model=self.recipe.declaration.name,
            decision=path,
            challenger=challenger,
            champion=self.registry.champion_id(),
            steps=self.display.lines,
        )
