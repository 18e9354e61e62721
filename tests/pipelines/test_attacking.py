"""`recsys attack` finds viewers of the published data sets again, says what the gate changes, and asks properly."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from pipelines.attacking import ROW, SCATTERED, attack, cut_up, gated, raw, truth_of
from recsys.cli import build
from recsys.errors import ConfigError
from recsys.privacy.fragments import Cut
from recsys.privacy.policy import Policy
from tests.pipelines.nights import world

POLICY = Path(__file__).parents[2] / "data" / "privacy.toml"


def test_the_attack_is_a_real_one(real_data: Path) -> None:
    """Of Netflix's viewers 99 % were unique by eight ratings with dates within 14 days, two of them wrong."""
    truth = truth_of(real_data / "ml-latest-small")
    found = attack(truth, raw(truth), targets=200, knowledges=(SCATTERED, ROW))
    assert found.worst(SCATTERED, "linkage").mean >= 0.95
    assert found.worst(ROW, "disclosed_titles").mean > 100


def test_short_fragments_with_coarse_dates_disclose_little(real_data: Path) -> None:
    truth = truth_of(real_data / "ml-latest-small")
    pieces = cut_up(truth, Cut(titles=3, days=365, dates=365, viewers=5))
    found = attack(truth, pieces, targets=200, knowledges=(SCATTERED, ROW))
    assert found.worst(ROW, "disclosed_titles").mean < 2
    assert found.worst(SCATTERED, "linkage").mean < 0.5


def test_whose_each_record_of_the_lake_was_is_known_to_the_judge(tmp_path: Path) -> None:
    truth = truth_of(world())
    lake = gated(world(), truth, Policy.read(POLICY), tmp_path / "store")
    assert len(np.unique(lake.owners)) == len(lake.records)
    for record, owner in enumerate(lake.owners.tolist()):
        published = lake.records.take(slice(record, record + 1)).titles
        own = truth.histories.take(slice(owner, owner + 1)).titles
        assert np.isin(published, own).all()


def test_the_command_tells_a_row_for_each_publication(tmp_path: Path) -> None:
    answer = tmp_path / "attack.json"
    words = ["attack", "--data", str(world()), "--targets", "40", "--cut", "3,30,30,5"]
    result = CliRunner().invoke(build(), [*words, "--json", str(answer)])
    assert result.exit_code == 0, result.output
    rows = json.loads(answer.read_text())["rows"]
    assert [row["row"] for row in rows[:2]] == ["raw", "gated"]
    assert rows[0]["linkage"] > rows[2]["linkage"]
    assert rows[0]["disclosed_titles"] > rows[2]["disclosed_titles"]
    assert all(0 <= row["history_disclosed"] <= 1 for row in rows)


@pytest.mark.parametrize("given", ["5", "5,30,30", "a,b,c,d", "5,30,30,-1"])
def test_a_cut_of_other_than_four_numbers_is_refused(given: str) -> None:
    result = CliRunner().invoke(build(), ["attack", "--data", str(world()), "--cut", given])
    assert isinstance(result.exception, ConfigError)
    assert "--cut" in str(result.exception)
