"""Telling somebody who is not looking: a line each of what went wrong, by one POST."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from typing import Final, Literal

from pydantic import SecretStr

from pipelines.decision import Record

TIMEOUT_SECONDS: Final = 5.0
WAITS_SECONDS: Final = (1.0, 3.0)
"""Before the second attempt and the third, which is the last."""
REFUSES: Final = range(400, 500)
BUSY: Final = (408, 425, 429)
"""Of those that refuse, the answers that another attempt may change."""

Kind = Literal["stopped", "refused", "drifted", "warned"]


class Alert(Record):
    r"""What is told.

    Attributes
    ----------
    kind : str
        The gravest of what the lines tell.
    store : str
        The store's name.
    model : str
    night : str or None
        The newest day that was judged, UTC.
    lines : tuple of str
        What failed or warned.
    record : str or None
        Where more is written.

    Examples
    --------
    >>> told = Alert(kind="refused", store="demo", model="hybrid", night=None, lines=("ndcg@10 is worse",))
    >>> told.model_dump_json()
    '{"kind":"refused","store":"demo","model":"hybrid","night":null,"lines":["ndcg@10 is worse"],"record":null}'
    """

    kind: Kind
    store: str
    model: str
    night: str | None
    lines: tuple[str, ...]
    record: str | None = None


def send(
    alert: Alert,
    url: SecretStr,
    *,
    timeout: float = TIMEOUT_SECONDS,
    waits: tuple[float, ...] = WAITS_SECONDS,
) -> str:
    """POST an alert as JSON; return in a few words what came of it, and never fail over it.

    Nothing that is returned holds the address: who knows it can write there.

    Parameters
    ----------
    alert : Alert
    url : SecretStr
        http or https.
    timeout : float
        Seconds for one attempt to be answered.
    waits : tuple of float
        Seconds before each further attempt.
    """
    said = ""
    for wait in (*waits, None):
        said, again = _attempt(alert, url, timeout)
        if not said:
            return f"told: {len(alert.lines)} lines"
        if not again or wait is None:
            break
        time.sleep(wait)
    return f"not told: {said}"


def _attempt(alert: Alert, url: SecretStr, timeout: float) -> tuple[str, bool]:
    """Return what went wrong, empty if nothing did, and whether to try again."""
    try:
        request = urllib.request.Request(  # noqa: S310  settings let http and https through alone
            url.get_secret_value(),
            data=alert.model_dump_json().encode(),
            headers={"Content-Type": "application/json", "User-Agent": "recsys"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=timeout):  # noqa: S310  as above
            return "", False
    except urllib.error.HTTPError as error:
        error.close()
        return (
            f"the receiver answered {error.code}",
            error.code not in REFUSES or error.code in BUSY,
        )
    except (OSError, http.client.HTTPException, ValueError) as error:
        # What such an error says may hold the address.
        reason = getattr(error, "reason", error)
        return f"the receiver cannot be reached ({type(reason).__name__})", True
