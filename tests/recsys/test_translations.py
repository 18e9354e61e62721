"""Names in other languages are found by the row of their title, and what is missing is the title's own."""

import pyarrow as pa

from recsys.schema import TITLES
from recsys.titles import Titles, whole, with_old
from recsys.translations import Translations, languages_of, translated


def said(language: str, name: str, description: str | None = None) -> dict[str, str | None]:
    return {"language": language, "name": name, "description": description}


def table(**translations: list[dict[str, str | None]] | None) -> pa.Table:
    rows = [
        {"title_id": one, "title_type": "movie", "name": one.upper(), "translations": several}
        for one, several in translations.items()
    ]
    return pa.Table.from_pylist(rows, schema=TITLES)


CATALOG = table(
    a=None, b=[said("nb", "Be"), said("pt-BR", "Bê", "Sobre B")], c=[], d=[said("nb", "De")]
)


def test_a_name_is_that_of_the_first_language_that_has_one() -> None:
    names = Translations.of(CATALOG)
    assert names.name(1, ("de", "nb", "pt-BR"), "B") == "Be"
    assert names.name(3, ("pt-BR", "nb"), "D") == "De"
    assert names.name(0, ("nb",), "A") == "A"
    assert names.name(1, (), "B") == "B"
    assert [names.naming(("pt-BR", "nb"))(row) for row in range(4)] == [None, "Bê", None, "De"]


def test_which_languages_there_are_is_told() -> None:
    assert languages_of(CATALOG) == {"nb", "pt-BR"}
    assert languages_of(table(a=None)) == languages_of(table(a=[])) == frozenset()
    assert languages_of(TITLES.empty_table()) == frozenset()


def test_of_a_row_each_part_is_in_the_first_language_that_has_it() -> None:
    row = {
        "name": "B",
        "description": "About B",
        "translations": [said("nb", "Be"), said("pt", "Bê", "Sobre B")],
    }
    assert translated(row, ("nb", "pt")) == {"name": "Be", "description": "Sobre B"}
    assert translated(row, ("nb",)) == {"name": "Be", "description": "About B"}
    assert translated(row, ()) == {"name": "B", "description": "About B"}


def test_a_file_of_before_has_no_translations_and_lacks_nothing_else() -> None:
    old = CATALOG.drop_columns("translations")
    assert whole(old).schema == TITLES
    assert Titles.from_table(old).table["translations"].null_count == 4
    both = with_old(CATALOG, table(e=None).drop_columns("translations"))
    assert both["title_id"].to_pylist() == ["a", "b", "c", "d", "e"]
    assert both["translations"].to_pylist()[1] == [said("nb", "Be"), said("pt-BR", "Bê", "Sobre B")]


def test_translations_stay_with_their_title_in_another_order() -> None:
    titles = Titles.from_table(CATALOG.take(pa.array([3, 1, 0, 2])))
    assert Translations.of(titles.table).names == {"nb": {1: "Be", 3: "De"}, "pt-BR": {1: "Bê"}}
