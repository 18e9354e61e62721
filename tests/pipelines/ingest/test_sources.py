"""The official MovieLens folders are read as they are."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.ingest import ingest
from pipelines.ingest.sources import read
from recsys.errors import InputError
from recsys.schema import EVENTS, TITLES, VIEWERS

MOVIES = """movieId,title,genres
1,Toy Story (1995),Adventure|Comedy
2,"Matrix, The (1999)",Action
3,"City of Lost Children, The (Cité des enfants perdus, La) (1995)",Drama
4,Xingu (2012) ,(no genres listed)
5,Ready Player One,Action
6,Show (2001-2005),Drama
"""
RATINGS = (
    "userId,movieId,rating,timestamp\n7,2,4.5,978300760\n7,1,3.0,978300000\n8,1,0.5,978300000\n"
)
TAGS = "userId,movieId,tag,timestamp\n7,1,Toys,1\n8,1,pixar,1\n9,1,toys,1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "above" / "ml"
    folder.mkdir(parents=True)
    for name, text in (("movies", MOVIES), ("ratings", RATINGS), ("tags", TAGS)):
        (folder / f"{name}.csv").write_text(text)
    return folder


def test_stars_are_rating_events_of_consenting_viewers(folder: Path) -> None:
    source = read(folder)
    assert source.events.schema.equals(EVENTS)
    assert source.viewers.schema.equals(VIEWERS)
    first = source.events.to_pylist()[0]
    assert (first["event_type"], first["viewer_id"], first["title_id"]) == ("rating", "7", "2")
    assert (first["value"], first["watched_portion"]) == (4.5, None)
    assert first["occurred_at"] == datetime.fromtimestamp(978300760, UTC)
    assert source.viewers["viewer_id"].to_pylist() == ["7", "8"]
    assert source.viewers["consent"].to_pylist() == [True, True]


def test_names_years_and_genres_are_taken_apart(folder: Path) -> None:
    titles = read(folder).titles
    assert titles.schema.equals(TITLES)
    assert titles["name"].to_pylist() == [
        "Toy Story",
        "The Matrix",
        "The City of Lost Children (Cité des enfants perdus, La)",
        "Xingu",
        "Ready Player One",
        "Show",
    ]
    assert titles["release_year"].to_pylist() == [1995, 1999, 1995, 2012, None, 2001]
    assert titles["genres"].to_pylist()[0] == ["Adventure", "Comedy"]
    assert titles["genres"].to_pylist()[3] is None


def test_tags_become_keywords_most_often_given_first(folder: Path) -> None:
    assert read(folder).titles["keywords"].to_pylist()[0] == ["toys", "pixar"]


@pytest.mark.parametrize("place", [".", ".."])
def test_metadata_nearby_fills_what_the_titles_lack(folder: Path, place: str) -> None:
    person = [{"id": 1, "name": "Lana Wachowski"}]
    facts = {
        "movie_id": [2],
        "overview": ["A hacker learns."],
        "directors": [person],
        "cast": [[{"id": 2, "name": "Keanu Reeves"}]],
        "keywords": [["simulation"]],
        "year": [1900],
        "runtime_minutes": [136.0],
    }
    pq.write_table(pa.table(facts), folder / place / "movie_metadata.parquet")
    title = read(folder).titles.to_pylist()[1]
    assert title["description"] == "A hacker learns."
    assert title["crew"] == [{"name": "Lana Wachowski", "role": "director"}]
    assert (title["cast"], title["keywords"]) == (["Keanu Reeves"], ["simulation"])
    assert (title["release_year"], title["duration_seconds"]) == (1999, 136 * 60)


def test_a_second_reading_gives_the_same_ids(folder: Path) -> None:
    ids = read(folder).events["event_id"]
    assert ids.equals(read(folder).events["event_id"])
    assert len(set(ids.to_pylist())) == 3


def test_a_rating_that_is_none_goes_aside_with_its_line(folder: Path, tmp_path: Path) -> None:
    many = "".join(f"{user},1,4.0,978300000\n" for user in range(100, 400))
    (folder / "ratings.csv").write_text(RATINGS + "9,1,good,978300000\n9,1,4.0\n" + many)
    report = ingest(folder, tmp_path / "store")
    assert (report.events_new, report.bad_rows) == (303, 2)
    text = (tmp_path / "store/raw/quarantine/ratings.csv.jsonl").read_text()
    assert '"line":5,"reason":"value: expected a number"' in text
    assert '"line":6,"reason":"another number of cells than the header"' in text


@pytest.mark.parametrize("text", ["", "movieId,title\n1,x\n", "movieId,title,genres\n1,a,b,c\n"])
def test_a_broken_catalog_is_named(folder: Path, text: str) -> None:
    (folder / "movies.csv").write_text(text)
    with pytest.raises(InputError, match=r"movies\.csv"):
        read(folder)


def test_the_1m_format_is_latin_1_with_double_colons(tmp_path: Path) -> None:
    movies = "1::Misérables, Les (1995)::Drama|Musical\n"
    (tmp_path / "movies.dat").write_text(movies, encoding="latin-1")
    (tmp_path / "users.dat").write_text("1::F::1::10::48067\n2::M::56::16::70072\n")
    (tmp_path / "ratings.dat").write_text("1::1::5::978300760\n")
    source = read(tmp_path)
    assert source.titles["name"].to_pylist() == ["Les Misérables"]
    assert source.titles["genres"].to_pylist() == [["Drama", "Musical"]]
    assert source.viewers["viewer_id"].to_pylist() == ["1", "2"]
    assert source.events["value"].to_pylist() == [5.0]


def test_an_order_without_times_gets_a_second_for_each_step(tmp_path: Path) -> None:
    (tmp_path / "movies.dat").write_text("1::A (1995)::Drama\n2::B (1995)::Drama\n")
    (tmp_path / "users.dat").write_text("1::F::1::10::48067\n")
    order = pa.table({"user_id": [1, 1], "position": [0, 1], "movie_id": [2, 1]})
    pq.write_table(order, tmp_path / "sequences.parquet")
    events = read(tmp_path).events.to_pylist()
    assert [(e["event_type"], e["title_id"], e["occurred_at"]) for e in events] == [
        ("complete", "2", datetime(2000, 1, 1, tzinfo=UTC)),
        ("complete", "1", datetime(2000, 1, 1, 0, 0, 1, tzinfo=UTC)),
    ]


def test_the_real_folders_are_read_whole(real_data: Path, tmp_path: Path) -> None:
    report = ingest(real_data / "ml-latest-small", tmp_path / "store")
    assert (report.events_new, report.titles_read, report.viewers_read) == (100_836, 9_742, 610)
    assert report.bad_rows == 0
    titles = read(real_data / "ml-latest-small").titles
    # The metadata beside the folder knows three titles of four.
    assert titles["description"].null_count < 9_742 / 4 + 100
