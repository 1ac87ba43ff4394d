"""Rooms of a practice file: their people, coverage and extra credits."""

import datetime as dt
from typing import Any

from alcove.billing import ledger
from alcove.billing.actions.stop_plan import stop_renewing
from alcove.billing.models import CreditEntry, Entitlement, Plan
from alcove.billing.periods import midnight
from alcove.booking.actions.call_off import to_come
from alcove.booking.models import ACTIVE, Appointment
from alcove.people.models import Person, Practice
from alcove.practice_file.problems import refuse
from alcove.practice_file.rows import bring_to
from alcove.practice_file.summary import Outcome, joined
from alcove.practice_file.values import Entry
from alcove.rooms.models import Membership, Room

Role = Membership.Role


class RoomWriter:
    """Writes rooms, known by their ``ref``, and their grants."""

    def __init__(self, people: dict[str, Person], practice: Practice, now: dt.datetime) -> None:
        self.people = people
        self.practice = practice
        self.now = now
        self.plans = {plan.code: plan for plan in Plan.objects.filter(replaced_by=None)}
        self.stored = {
            # A room that no file has named yet is known by its code, as an export names it.
            room.reference or room.code: room
            for room in Room.objects.select_related("owner", "provider", "entitlement")
        }

    def write(self, entry: Entry) -> Outcome:
        """Bring one room to what the file says; Refused for a change that would not be one room."""
        room = self.stored.get(entry["ref"])
        if room is None:
            outcome: Outcome = "added"
            room = self._open(entry)
            self.stored[entry["ref"]] = room
        else:
            self._require_same_people(room, entry)
            outcome = "unchanged"
        return joined(
            outcome,
            self._partner(room, entry),
            bring_to(room, self._closing(room, entry), line=entry.line),
            self._coverage(room, entry),
        )

    def grant(self, room: Entry, entry: Entry) -> Outcome:
        """Give extra credits once; the reference says which gift it is."""
        row = self.stored.get(room["ref"])
        if row is None:
            return "unchanged"  # the room itself was refused
        cause = f"import:{room['ref']}:{entry['reference']}"
        stored = CreditEntry.objects.filter(cause=cause).first()
        expires_on = entry.get("expires_on")
        expires_at = midnight(expires_on, self.practice.zone) if expires_on else None
        if stored is None:
            ledger.grant(row, entry["count"], cause=cause, expires_at=expires_at, now=self.now)
            return "added"
        if stored.available != entry["count"]:
            raise refuse(
                entry.line_of("count"),
                f"“{entry['reference']}” has granted {stored.available} already and a grant is "
                "never edited; give further credits under a reference of their own.",
            )
        return "unchanged"

    def _open(self, entry: Entry) -> Room:
        owner, provider = self.people[entry["owner"]], self.people[entry["provider"]]
        room = Room.objects.create(
            reference=entry["ref"],
            kind=entry.get("kind", Room.Kind.INDIVIDUAL),
            owner=owner,
            provider=provider,
            opened_at=self.now,
        )
        Membership.objects.bulk_create(
            Membership(room=room, person=person, role=role, joined_at=self.now)
            for person, role in ((owner, Role.OWNER), (provider, Role.PROVIDER))
        )
        return room

    def _require_same_people(self, room: Room, entry: Entry) -> None:
        """A room is these people's; other people get a room of their own, with its own history."""
        have = {"owner": room.owner.email, "provider": room.provider.email, "kind": room.kind}
        for key, value in have.items():
            if entry.get(key, value) != value:
                raise refuse(
                    entry.line_of(key),
                    f"the {key} of room “{entry['ref']}” is {value} and stays so; "
                    "close the room and add another one.",
                )

    def _partner(self, room: Room, entry: Entry) -> Outcome:
        if "partner" not in entry:
            return "unchanged"
        person = self.people[entry["partner"]]
        have = Membership.objects.filter(room=room, role=Role.PARTNER).first()
        if have is not None and have.person_id == person.pk:
            return "unchanged"
        if have is not None:
            raise refuse(
                entry.line_of("partner"),
                f"room “{entry['ref']}” has another partner; close it and add another room.",
            )
        if Appointment.objects.filter(room=room, status__in=ACTIVE).exists():
            raise refuse(
                entry.line_of("partner"),
                f"room “{entry['ref']}” has coming sessions, whose time the partner has not kept "
                "free; add the partner when there are none.",
            )
        Membership.objects.create(room=room, person=person, role=Role.PARTNER, joined_at=self.now)
        return "changed"

    def _closing(self, room: Room, entry: Entry) -> dict[str, Any]:
        if "state" not in entry:
            return {}
        if entry["state"] != "closed":
            return {"closed_at": None}
        open_now = Room.objects.filter(pk=room.pk, closed_at=None)
        if to_come(open_now, self.now).exists():
            raise refuse(
                entry.line_of("state"),
                f"room “{entry['ref']}” has coming sessions; close it on its page, where they are "
                "cancelled and everybody is told, or when there are none.",
            )
        stop_renewing(actor=None, room=room, now=self.now)
        return {"closed_at": room.closed_at or self.now}

    def _coverage(self, room: Room, entry: Entry) -> Outcome:
        if "plan" not in entry:
            return "unchanged"
        row = Entitlement.objects.filter(room=room).select_related("plan").first() or Entitlement(
            room=room
        )
        plan = self.plans[entry["plan"]]
        if not row._state.adding and row.plan.code == plan.code:  # noqa: SLF001 - as in rows.py
            if row.paid_until is not None:
                # What a card has paid stays, though the file may be older than that.
                return "unchanged"
            # Another version of it comes with the room's next period.
            plan = row.plan
        else:
            # What was renewed by card was the other plan.
            stop_renewing(actor=None, room=room, now=self.now)
        values = {"plan_id": plan.pk, "starts_on": entry["starts_on"], "paid_until": None}
        if "ends_on" in entry:
            values["ends_on"] = entry["ends_on"]
        if entry.get("state") in Entitlement.State.values:
            values["state"] = entry["state"]
        return bring_to(row, values, line=entry.line)
