"""Whatever a page says it can say in every language that is declared, and a language that lacks a word is none."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from recsys.errors import ConfigError
from recsys.page.facts import Facts
from recsys.page.kinds.editorial import Editorial
from recsys.page.policy import Policy
from recsys.page.words import ENGLISH_WORDS, Words, read_words
from recsys.schema import TITLES
from recsys.titles import Titles
from tests.recsys.page.material import POLICY, material, title

FOLDER = Path(__file__).parents[3] / "models" / "words"
EVERY = read_words(FOLDER)
PARTS = ("rows", "reasons", "sources", "sentences")


def with_fields(**changed: object) -> Policy:
    fields = {name: getattr(POLICY, name) for name in Policy.model_fields}
    return Policy.model_validate(fields | changed)


def test_english_norwegian_spanish_and_german_are_there() -> None:
    assert set(EVERY) == {"en", "nb", "es", "de"}
    assert POLICY.words == EVERY


@pytest.mark.parametrize("tag", ["nb", "es", "de"])
def test_a_language_is_no_copy_of_english(tag: str) -> None:
    for part in PARTS:
        own, english = getattr(EVERY[tag], part), getattr(ENGLISH_WORDS, part)
        same = {key for key, text in own.items() if text == english[key]}
        assert same <= {"day"}, part


@pytest.mark.parametrize("tag", sorted(EVERY))
def test_every_genre_of_the_demo_and_of_movielens_has_a_name(tag: str) -> None:
    if tag != "en":
        assert set(EVERY[tag].genres) == set(EVERY["nb"].genres)
    assert EVERY[tag].genre("Unheard of") == "Unheard of"


def test_a_micro_genre_is_shown_with_its_genre_in_the_language() -> None:
    words = EVERY["nb"]
    assert words.micro_genre("Crime: harbour and café") == "Krim: harbour og café"
    assert words.micro_genre("Crime: harbour") == "Krim: harbour"
    assert words.micro_genre("Harbour and café") == "Harbour and café"


def text(words: Words = ENGLISH_WORDS) -> str:
    lines = [f"months = {list(words.months)!r}"]
    for part in PARTS:
        lines += [f"[{part}]", *(f'{key} = "{said}"' for key, said in getattr(words, part).items())]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('because-liked = "Because you liked {name}"\n', "", "because-liked"),
        (
            'because-liked = "Because',
            'because-loved = ""\nbecause-liked = "Because',
            "because-loved",
        ),
        ("liked {name}", "liked it", "because-liked"),
        ("liked {name}", "liked {title}", "because-liked"),
        ("liked {name}", "liked {name.__class__}", "because-liked"),
        ("liked {name}", "liked {name!r}", "because-liked"),
        ("liked {name}", "liked {name", "expected"),
        ('"December"', '"December", "Undecember"', "months"),
        ("[rows]", "[rows", "TOML"),
    ],
)
def test_a_file_that_lacks_a_word_or_fills_another_gap_is_refused(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    whole = text().replace("'", '"')
    (tmp_path / "sv.toml").write_text(whole)
    assert set(read_words(tmp_path)) == {"en", "sv"}
    assert old in whole
    (tmp_path / "sv.toml").write_text(whole.replace(old, new))
    with pytest.raises(ConfigError, match=named):
        read_words(tmp_path)


def test_a_file_that_is_not_named_by_a_language_is_refused(tmp_path: Path) -> None:
    (tmp_path / "svenska.toml").write_text(text())
    with pytest.raises(ConfigError, match="language"):
        read_words(tmp_path)


def test_the_most_wanted_language_that_there_is_is_spoken() -> None:
    assert POLICY.speech(("nb-NO", "nb", "en")).words.language == "nb"
    assert POLICY.speech(("sv", "fr")).words.language == "en"
    assert POLICY.speech(()).tags == ()
    assert POLICY.speech(("en-GB", "en", "nb")).words.language == "en"
    both = POLICY.speech(("sv", "es"), frozenset({"sv"}))
    assert (both.tags, both.words.language, both.language) == (("sv", "es"), "es", "sv, es")


def test_a_catalog_of_another_language_speaks_it_to_all_who_want_nothing_else() -> None:
    policy = with_fields(language="nb")
    assert policy.speech(()).words.language == "nb"
    assert policy.speech(("nb", "en")).tags == ()
    assert policy.speech(("en",)).words.language == "en"


@pytest.mark.parametrize("tag", sorted(EVERY))
def test_every_kind_of_row_speaks_the_language(tag: str) -> None:
    speech = POLICY.speech((tag,))
    plain = material(
        watched=[1, 2, 5], picks=range(6, 30), crowd=range(6, 36), alike={1: [7, 8]}, region="NO"
    )
    said = {(row.name, row.reason) for kind in POLICY.rows for row in kind.rows(plain)}
    own = [row for kind in POLICY.rows for row in kind.rows(replace(plain, speech=speech))]
    assert len(own) == len(said) > 8
    if tag != "en":
        assert not {(row.name, row.reason) for row in own} & said


def test_the_title_behind_a_row_is_named_in_the_language() -> None:
    seed = title(1, translations=[{"language": "nb", "name": "Tittel 1", "description": None}])
    rows = [seed if number == 1 else title(number) for number in range(40)]
    facts = Facts.of(Titles.from_table(pa.Table.from_pylist(rows, schema=TITLES)))
    made = material(watched=[1, 2], alike={1: [7, 8], 2: [9]}, facts=facts)
    made = replace(made, speech=POLICY.speech(("nb",)))
    names = [row.name for row in POLICY.kinds["because"].rows(made)]
    assert names == ["Fordi du så Tittel 1", "Fordi du så Title 2"]


def test_an_editors_row_is_named_in_the_languages_that_it_has() -> None:
    row = Editorial(kind="editorial", row="x", name="Snow", titles=("t01",), names={"sv": "Snö"})
    policy = with_fields(rows=(*POLICY.rows, row))
    for tag, name, reason in (
        ("sv", "Snö", "Chosen by our editors"),
        ("nb", "Snow", "Valgt av redaksjonen"),
        ("en", "Snow", "Chosen by our editors"),
    ):
        (shown,) = row.rows(replace(material(), speech=policy.speech((tag,))))
        assert (shown.name, shown.reason) == (name, reason)
