"""What sentences mean is near where they are about the same, and is read once."""

from importlib.util import find_spec

import numpy as np
import pytest

from recsys import sentences as door
from recsys.descriptions import block
from recsys.errors import ConfigError
from recsys.sentences import PACKAGE, sentences
from tests.recsys.test_descriptions import table

needs_model = pytest.mark.skipif(
    find_spec(PACKAGE) is None, reason="needs the extra deep: make deep"
)


@pytest.mark.skipif(find_spec(PACKAGE) is not None, reason="the model is installed")
def test_without_the_model_what_to_install_is_said() -> None:
    with pytest.raises(ConfigError, match="make deep"):
        sentences(["a text"])


@needs_model
def test_a_meaning_is_shared_by_other_words() -> None:
    read = sentences(
        ["A detective hunts a murderer.", "Police track down a killer.", "Two cats cook soup."]
    )
    assert read[0] @ read[1] > read[0] @ read[2] + 0.2
    np.testing.assert_allclose((read**2).sum(axis=1), 1, rtol=1e-5)


@needs_model
def test_what_was_read_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = sentences(["One text.", "Another."])
    monkeypatch.setattr(door, "_read", lambda texts: pytest.fail(f"read {texts} again"))
    np.testing.assert_array_equal(sentences(["Another.", "", "One text."])[[2, 0]], first)
    assert not sentences([""]).any()
    assert sentences([]).shape == (0, 384)


@needs_model
def test_a_title_without_a_description_means_nothing() -> None:
    rows = block(
        table({"name": "Dust"}, {"name": "Dust", "description": "A road film."}), "meaning"
    )
    assert np.diff(rows.indptr).tolist() == [0, 384]
