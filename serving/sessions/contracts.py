"""What a guest's device says of its session."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from serving.analytics.contracts import EXAMPLE, MOST_EVENTS, Event, SessionEvent
from serving.contracts import Age, Contract, Identifier, Language, Region
from serving.recommendations.contracts import Asked, Device, Filter, Listing

SESSION_EVENT = {key: value for key, value in EXAMPLE.items() if key != "viewerId"}

GUEST: dict[str, Any] = {"events": [SESSION_EVENT], "region": "NO", "maximumAge": 12}
MERGE: dict[str, Any] = {"viewerId": "v00042", "events": [SESSION_EVENT]}

SessionEvents = Annotated[list[SessionEvent], Field(max_length=MOST_EVENTS)]


class Guest(Contract):
    """A session that asks for its page: all that is known of whoever sits there."""

    events: SessionEvents
    region: Region | None = None
    maximum_age: Age | None = None
    device_type: Device | None = None
    filter: Filter | None = None
    exclude_items: Listing | None = None
    language: Language | None = None

    def asked(self, accepted: tuple[str, ...] = ()) -> Asked:
        """Return what a viewer would have asked on a device that accepts languages."""
        said = self.model_dump(by_alias=True, exclude={"events"})
        return Asked.model_validate(said | {"accepted": accepted})


class Merge(Contract):
    """A session whose guest turned out to be a viewer."""

    viewer_id: Identifier
    events: SessionEvents

    def told(self) -> list[Event]:
        """Return the events as the viewer's own."""
        own = {"viewer_id": self.viewer_id}
        return [Event.model_construct(**(dict(event) | own)) for event in self.events]
