"""Micro-genres are found in what is said of titles, named from it, and kept with the bundle."""

import re
from pathlib import Path

import numpy as np
import pyarrow as pa

from recsys.ids import IdMap
from recsys.page.facts import Facts
from recsys.page.kinds.micro import MicroGenre, row_id
from recsys.page.microgenres import MicroGenres
from recsys.schema import TITLES
from recsys.titles import Titles
from tests.recsys.page.material import material, titles

THEMES = {
    "Crime": ("harbour", "smugglers", "detective"),
    "Western": ("cattle", "sheriff", "railway"),
    "Music": ("jazz", "tour", "backstage"),
}


def catalog(n: int = 20) -> Titles:
    """Titles of three themes, each with two of its theme's keywords and one of its own."""
    rows = [
        {
            "title_id": f"{genre}-{at:02d}",
            "title_type": "movie",
            "name": f"{genre} {at}",
            "genres": [genre],
            "keywords": [words[at % 3], words[(at + 1) % 3], f"{genre} {at}"],
        }
        for genre, words in THEMES.items()
        for at in range(n)
    ]
    return Titles.from_table(pa.Table.from_pylist(rows, schema=TITLES))


def test_titles_about_the_same_are_of_one_group_and_named_from_their_words() -> None:
    whole = catalog()
    micro = MicroGenres.of(whole)
    assert micro.names
    for group, name in enumerate(micro.names):
        members = whole.ids.values[micro.of_title == group]
        assert len(members) >= 8
        genre = str(members[0]).split("-")[0]
        assert all(str(one).startswith(genre) for one in members)
        assert name.startswith(f"{genre}: ")
        assert all(word in THEMES[genre] for word in name.split(": ")[1].split(" and "))


def test_the_same_catalog_has_the_same_groups() -> None:
    one, other = MicroGenres.of(catalog()), MicroGenres.of(catalog())
    assert one.names == other.names
    assert (one.of_title == other.of_title).all()


def test_where_nothing_is_said_there_are_none() -> None:
    assert MicroGenres.of(titles()).names == ()


def test_they_are_kept_and_read_for_a_catalog_that_has_changed(tmp_path: Path) -> None:
    whole = catalog()
    micro = MicroGenres.of(whole)
    micro.write(tmp_path / "micro.parquet", whole.ids)
    later = IdMap([*whole.ids.values[1:], "new"])
    found = MicroGenres.read(tmp_path / "micro.parquet", later)
    names = {
        title: found.names[g]
        for title, g in zip(later.values, found.of_title, strict=True)
        if g >= 0
    }
    before = {
        title: micro.names[g]
        for title, g in zip(whole.ids.values, micro.of_title, strict=True)
        if g >= 0
    }
    before.pop(whole.ids.values[0], None)
    assert names == before
    assert MicroGenres.read(tmp_path / "none.parquet", later).names == ()


def test_a_viewer_gets_the_group_of_which_several_were_watched() -> None:
    groups = np.full(40, -1, np.int32)
    groups[:8], groups[8:16] = 0, 1
    micro = MicroGenres(groups, ("Crime: harbour", "Western: cattle"))
    facts = Facts.of(titles(), micro)
    made_of = material(watched=[0, 1, 9], picks=[3, 2], crowd=[20], facts=facts)
    (row,) = MicroGenre(kind="micro-genre").rows(made_of)
    assert (row.row_id, row.name) == ("micro-crime-harbour-90b590", "Crime: harbour")
    # The ranked ones first, then the most watched; 0 and 1 were watched.
    assert row.titles.ids.tolist() == [3, 2, 4, 5, 6, 7]


def test_the_same_name_has_the_same_row_and_no_other_name_has() -> None:
    names = ["Crime: harbour", "Crime harbour", "crime: harbour", "Crime: härbour", "犯罪", "戦争"]
    ids = [row_id(name) for name in names]
    assert ids == [row_id(name) for name in names]
    assert len(set(ids)) == len(names)
    assert all(re.fullmatch("micro-[a-z0-9-]*-[0-9a-f]{6}", one) for one in ids)
    assert len(row_id("long " * 100)) < 100
