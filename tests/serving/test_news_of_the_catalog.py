"""That staff changed the catalog is heard on a channel of its own, and is no news of any viewer."""

from collections.abc import Callable

from recsys.settings import Settings
from serving.database import Database
from serving.news import ANYBODY, CATALOG, CHANNEL, News, tell, tell_of
from tests.serving.conftest import until


def test_each_channel_is_heard_for_itself(new_database: Callable[[], str]) -> None:
    database = Database(Settings(database_url=new_database()), lambda _: None, lambda _: None)
    database.open()
    viewers: list[str] = []
    changes: list[str] = []
    open_or_not: list[bool] = []

    def hears(*, hears: bool) -> None:
        open_or_not.append(hears)

    heard = {CHANNEL: viewers.append, CATALOG: changes.append}
    news = News(lambda: database.address, heard, hears)
    news.open()
    assert until(lambda: open_or_not == [True])
    with database.transaction() as connection:
        tell_of(connection, CATALOG)
        tell(connection, ["ann"])
    assert until(lambda: viewers == ["ann"] and len(changes) == 1)
    assert open_or_not == [True]
    with database.transaction() as connection:
        tell(connection, [ANYBODY])
    assert until(lambda: open_or_not == [True, True])
    assert (viewers, len(changes)) == (["ann"], 1)
    news.close()
    database.close()
