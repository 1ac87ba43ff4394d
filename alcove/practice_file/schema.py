"""Every key that a practice file can have; docs/self-hosting/practice-file.md says the same."""

from alcove.availability.models import STEPS
from alcove.billing.models import LateRule, Plan
from alcove.people.models import Person
from alcove.people.policies import RANGES
from alcove.practice_file.values import (
    WEEKDAYS,
    Key,
    amount,
    colour,
    currency,
    date,
    day_hours,
    email,
    entry,
    link,
    listing,
    moment,
    nullable,
    offers,
    one_of,
    reference,
    slug,
    text,
    whole,
    yes_or_no,
    zone,
)
from alcove.rooms.models import Room

PRACTICE_WORDS = ("crisis_text", "crisis_text_es", "policy_text", "policy_text_es")

# Keys are named as the fields they fill wherever there is one field for a key.
PRACTICE = {
    "name": Key(text(120)),
    "time_zone": Key(zone),
    **{field: Key(nullable(text(2000))) for field in PRACTICE_WORDS},
    "crisis_link": Key(nullable(link)),
    "accent_light": Key(nullable(colour)),
    "accent_dark": Key(nullable(colour)),
    "confirms_automatically": Key(yes_or_no),
    "lets_in_automatically": Key(yes_or_no),
    **{field: Key(whole(*span)) for field, span in RANGES.items()},
}
REASON = {"en": Key(text(120), required=True), "es": Key(text(120), required=True)}
PLAN = {
    "code": Key(slug(60), required=True),
    "name": Key(text(120), required=True),
    "for_rooms": Key(one_of(*Plan.ForRooms.values)),
    "price": Key(amount),
    "credits": Key(whole(0, 200)),
    "credits_last_periods": Key(nullable(whole(1, 24))),
    "extra_credit": Key(nullable(amount)),
    "on_sale": Key(yes_or_no),
    "period_months": Key(whole(1, 24)),
    "offers": Key(offers, required=True),
    "late_rule": Key(one_of(*LateRule.values)),
    "late_fee": Key(amount),
    "currency": Key(currency),
}
# Keys of a plan that are not called as the field they fill; those of amounts are in minor units.
RENAMED = {"credits": "credits_per_period", "on_sale": "is_on_sale"}
AMOUNTS = {
    "late_fee": "late_fee_minor",
    "price": "price_minor",
    "extra_credit": "extra_credit_minor",
}
PERSON = {
    "email": Key(email, required=True),
    "name": Key(text(120), required=True),
    "time_zone": Key(zone),
    "language": Key(one_of(*Person.Language.values)),
    "roles": Key(listing(one_of("provider", "staff", "admin"))),
    "active": Key(yes_or_no),
}
OVERRIDE = {"date": Key(date, required=True), "hours": Key(day_hours, required=True)}
TIME_OFF = {
    "from": Key(moment, required=True),
    "until": Key(moment, required=True),
    "note": Key(text(200)),
}
CALENDAR = {
    "provider": Key(email, required=True),
    "time_zone": Key(zone),
    "headline": Key(nullable(text(200))),
    "offers": Key(offers, required=True),
    "step_minutes": Key(one_of(*STEPS)),
    "buffer_before_minutes": Key(whole(0, 240)),
    "buffer_after_minutes": Key(whole(0, 240)),
    "minimum_notice_minutes": Key(whole(0, 20160)),
    "horizon_days": Key(whole(1, 365)),
    "daily_limit": Key(nullable(whole(1, 96))),
    "confirms_automatically": Key(nullable(yes_or_no)),
    "on_leave_until": Key(nullable(date)),
    "hours": Key(entry(dict.fromkeys(WEEKDAYS, Key(day_hours)), "a week")),
    "overrides": Key(listing(entry(OVERRIDE, "an override"))),
    "time_off": Key(listing(entry(TIME_OFF, "a time off"))),
}
CREDIT = {
    "reference": Key(reference(60), required=True),
    "count": Key(whole(1, 200), required=True),
    "expires_on": Key(nullable(date)),
}
ROOM = {
    "ref": Key(reference(40), required=True),
    "kind": Key(one_of(*Room.Kind.values)),
    "owner": Key(email, required=True),
    "partner": Key(email),
    "provider": Key(email, required=True),
    # A room without a plan can be written in, and nothing can be booked in it.
    "plan": Key(slug(60)),
    "starts_on": Key(date),
    "ends_on": Key(nullable(date)),
    "state": Key(one_of("active", "unpaid", "closed")),
    "credits": Key(listing(entry(CREDIT, "a grant of credits"))),
}
FILE = {
    "practice": Key(entry(PRACTICE, "the practice")),
    "cancellation_reasons": Key(listing(entry(REASON, "a reason"))),
    "plans": Key(listing(entry(PLAN, "a plan"))),
    "people": Key(listing(entry(PERSON, "a person"))),
    "calendars": Key(listing(entry(CALENDAR, "a calendar"))),
    "rooms": Key(listing(entry(ROOM, "a room"))),
}
