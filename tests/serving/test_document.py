"""docs/api.md is what the application says of itself."""

import shlex

from serving.document import PLACE, described


def test_the_document_of_the_api_is_not_of_yesterday() -> None:
    assert PLACE.read_text() == described(), "run `python -m serving.document`"


def test_each_call_is_a_line_that_a_shell_understands() -> None:
    blocks = described().split("```sh\n")[2:]
    calls = [shlex.split(block.split("```")[0].replace("\\\n", " ")) for block in blocks]
    assert len(calls) >= 50
    assert all(call[0] == "curl" for call in calls)
    addresses = [next(word for word in call if word.startswith("localhost")) for call in calls]
    assert all("{" not in address for address in addresses)
