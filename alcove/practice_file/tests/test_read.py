"""What is wrong with a practice file is said by line, all of it at once."""

import pytest

from alcove.practice_file.problems import Refused
from alcove.practice_file.read import Known, PracticeFile, read_file
from alcove.practice_file.tree import MOST_BYTES

KNOWN = Known(
    people=frozenset({"petra@example.org", "cora@example.org", "paul@example.org"}),
    providers=frozenset({"petra@example.org"}),
    plans=frozenset({"four"}),
)
ROOM = "- {ref: r1, owner: cora@example.org, provider: petra@example.org, plan: four"


def read(text: str) -> PracticeFile:
    return read_file(text.encode(), KNOWN)


def problems(text: str | bytes) -> list[str]:
    with pytest.raises(Refused) as refused:
        read_file(text if isinstance(text, bytes) else text.encode(), KNOWN)
    return [str(problem) for problem in refused.value.problems]


def calendar(*lines: str) -> str:
    indented = "".join(f"\n  {line}" for line in lines)
    return f"calendars:\n- provider: petra@example.org\n  offers: {{video: [30]}}{indented}\n"


def test_an_empty_file_names_nothing() -> None:
    assert read("") == PracticeFile()
    assert read("people:\nrooms: []\n") == PracticeFile()


def test_values_are_read_as_they_were_written() -> None:
    file = read(
        "practice: {name: No, confirms_automatically: on, notice_hours: 48}\n"
        "people:\n- {email: ANN@Example.org, name: '2026-01-01', language: es, roles: [staff]}\n"
    )
    assert file.practice is not None
    assert file.practice.values == {
        "name": "No",
        "confirms_automatically": True,
        "notice_hours": 48,
    }
    assert [person.values for person in file.people] == [
        {"email": "ann@example.org", "name": "2026-01-01", "language": "es", "roles": ["staff"]}
    ]


def test_hours_are_read_with_their_types() -> None:
    file = read(calendar("hours:", '  monday: [14:00-24:00, "9:00 – 12:30 chat, video"]'))
    week = file.calendars[0]["hours"]
    assert [(h.start_minute, h.end_minute, h.modalities) for h in week["monday"]] == [
        (540, 750, ("video", "chat")),
        (840, 1440, ("video", "audio", "chat")),
    ]


def test_hours_may_overlap_where_no_type_does() -> None:
    file = read(calendar("hours: {friday: [09:00-12:00 video, 10:00-11:00 chat]}"))
    assert len(file.calendars[0]["hours"]["friday"]) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("practise: {}", ["line 1: a practice file has no key “practise”. Did you mean practice?"]),
        ("- a", ["line 1: a practice file is written as “key: value” lines."]),
        (
            "people:\n- {name: A, emial: a@example.org}",
            [
                "line 2: a person has no key “emial”. Did you mean email?",
                "line 2: a person needs “email”; add it.",
            ],
        ),
        (
            "practice:\n  time_zone: Europe/Madird\n  notice_hours: many",
            [
                "line 2: time_zone: “Europe/Madird” is not a time zone. Did you mean Europe/Madrid?",
                "line 3: notice_hours: “many” is not a whole number from 0 to 336.",
            ],
        ),
        (
            "practice:\n  name:\n  confirms_automatically: maybe\n  hold_minutes: [1]",
            [
                "line 2: name: is empty; give a value or leave the key out.",
                "line 3: confirms_automatically: “maybe” is neither yes nor no.",
                "line 4: expects a single value.",
            ],
        ),
        (
            "people:\n- {email: a@example.org, name: A}\n- {email: A@example.org, name: B}",
            ["line 3: person “a@example.org” stands in line 2 already; keep one."],
        ),
        (
            "people:\n- email: a@example.org\n  name: A\n  name: B",
            ["line 4: “name” is given twice, first in line 3."],
        ),
        (
            "people:\n- {email: nobody, name: A, language: fr, roles: [boss]}",
            [
                "line 2: email: “nobody” is not an e-mail address.",
                "line 2: language: “fr” is not possible here. Write one of: en, es.",
                "line 2: “boss” is not possible here. Write one of: provider, staff, admin.",
            ],
        ),
        (
            "people: Ann",
            ["line 1: people: expects a list: each item on a line that begins with “- ”."],
        ),
    ],
)
def test_wrong_entries_are_named_with_their_lines(text: str, expected: list[str]) -> None:
    assert problems(text) == expected


def test_wrong_plans_are_named_with_their_lines() -> None:
    assert problems(
        "plans:\n- code: a b\n  name: A\n  offers:\n    video: [3]\n    fax: [30]\n"
        "  late_fee: lots\n  currency: bitcoin\n"
    ) == [
        "line 2: code: “a b” may hold only letters, digits, “_” and “-”.",
        "line 5: “3” is not a whole number from 5 to 240.",
        "line 6: an offer has no key “fax”. It can have: video, audio, chat.",
        "line 7: late_fee: “lots” is not an amount; write it as 40 or 37.50.",
        "line 8: currency: “BITCOIN” is not a currency; write a code such as USD or EUR.",
    ]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("[25:00-26:00]", "“25:00” is not a time of day; write 00:00 to 24:00, as 09:30."),
        ("[09:60-10:00]", "“09:60” is not a time of day; write 00:00 to 24:00, as 09:30."),
        ("[nine to five]", "“nine to five” is not a stretch of a day; write it as 09:00-12:30."),
        (
            "[22:00-02:00]",
            (
                "“22:00-02:00” ends before it begins; write hours past midnight as two stretches: "
                "22:00-24:00, and 00:00-02:00 on the next day."
            ),
        ),
        (
            "[09:00-12:00, 11:45-13:00]",
            "11:45-13:00 overlaps 09:00-12:00; join or separate them.",
        ),
        ("[09:00-12:00 fax]", "“fax” is not possible here. Write one of: video, audio, chat."),
    ],
)
def test_wrong_hours_say_how_to_mend_them(hours: str, expected: str) -> None:
    assert problems(calendar("hours:", f"  monday: {hours}")) == [f"line 5: {expected}"]


def test_wrong_dates_say_how_to_mend_them() -> None:
    assert problems(
        calendar(
            "on_leave_until: 2026-02-30",
            "overrides:",
            "- {date: 24.12.2026, hours: []}",
            "- {date: 2026-12-25, hours: []}",
            "- {date: 2026-12-25, hours: []}",
            "time_off: [{from: 2026-01-02 10:00, until: tomorrow}]",
        )
    ) == [
        "line 4: on_leave_until: “2026-02-30” is not a date; write it as 2026-12-24.",
        "line 6: date: “24.12.2026” is not a date; write it as 2026-12-24.",
        "line 9: until: “tomorrow” is not a moment; write it as 2026-12-24 13:30.",
    ]
    assert problems(
        calendar(
            "overrides:",
            "- {date: 2026-12-25, hours: []}",
            "- {date: 2026-12-25, hours: []}",
            "time_off: [{from: 2026-01-02 10:00, until: 2026-01-02 10:00}]",
        )
    ) == [
        "line 6: override “2026-12-25” stands in line 5 already; keep one.",
        "line 7: until is not after from.",
    ]


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (
            (
                "- {ref: r1, owner: cora@example.com, provider: petra@example.org, plan: four, "
                "starts_on: 2026-01-01}"
            ),
            (
                "nobody has the address cora@example.com; add them under people. "
                "Did you mean cora@example.org?"
            ),
        ),
        (
            (
                "- {ref: r1, owner: petra@example.org, provider: cora@example.org, plan: four, "
                "starts_on: 2026-01-01}"
            ),
            "cora@example.org is no provider; give them “roles: [provider]” under people.",
        ),
        (
            (
                "- {ref: r1, owner: petra@example.org, provider: petra@example.org, plan: four, "
                "starts_on: 2026-01-01}"
            ),
            "owner, partner and provider are different people.",
        ),
        (
            (
                "- {ref: r1, owner: cora@example.org, provider: petra@example.org, plan: five, "
                "starts_on: 2026-01-01}"
            ),
            "there is no plan “five”; add it under plans.",
        ),
        (
            f"{ROOM}, starts_on: 2026-01-01, partner: paul@example.org}}",
            "only a couples room has a partner; add “kind: couples” or leave them out.",
        ),
        (
            f"{ROOM}, starts_on: 2026-01-01, ends_on: 2026-01-01}}",
            "ends_on, the first day not covered, is after starts_on.",
        ),
        (f"{ROOM}}}", "a room needs “starts_on”; add it."),
    ],
)
def test_a_wrong_room_says_how_to_mend_it(room: str, expected: str) -> None:
    assert problems(f"rooms:\n{room}\n") == [f"line 2: {expected}"]


def test_a_provider_who_loses_the_role_in_the_file_has_no_rooms_in_it() -> None:
    assert problems(
        "people: [{email: petra@example.org, name: Petra, roles: []}]\n"
        f"rooms:\n{ROOM}, starts_on: 2026-01-01}}\n"
    ) == ["line 3: petra@example.org is no provider; give them “roles: [provider]” under people."]


NOT_YAML = (
    "Look at the indentation (spaces, no tabs) here and just above, and put text that holds "
    '": " or begins with a sign in quotes.'
)


def test_a_slip_of_syntax_names_its_line() -> None:
    assert problems("practice:\n  name: Linden: Practice\n") == [
        f"line 2: this is not YAML: mapping values are not allowed in this context. {NOT_YAML}"
    ]
    assert problems("practice:\n\tname: Linden\n") == [
        "line 2: this is not YAML: found character that cannot start any token. " + NOT_YAML
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"practice:\n  name: Caf\xe9\n", "is not UTF-8 text; save the file as UTF-8."),
        (b"practice:\n  name: a\x07b\n", "holds a control character; remove it."),
        (b"practice: {}\n---\npractice: {}\n", "a second document begins here; a file holds one."),
        (
            b"plans:\n- &a {code: x}\n- *a\n",
            "anchors (&) and aliases (*) are not read; write the value out.",
        ),
        (
            b"practice:\n  name: !!python/object/apply:os.system [ls]\n",
            (
                "the tag tag:yaml.org,2002:python/object/apply:os.system is not read; "
                "leave tags (!) out."
            ),
        ),
        (b"#\n" + b"[" * 20 + b"]" * 20, "this is nested too deeply for a practice file."),
        (b"#\n? [a]\n: b\n", "a key is a single word."),
    ],
)
def test_what_a_practice_file_never_holds_is_refused(content: bytes, expected: str) -> None:
    assert problems(content) == [f"line 2: {expected}"]


def test_a_huge_file_is_refused_before_it_is_parsed() -> None:
    assert problems(b"#" * (MOST_BYTES + 1)) == [
        "line 1: the file is larger than 8 MB; split it in two."
    ]
