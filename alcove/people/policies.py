"""What the practice's numbers may be; the database holds the same (``practice_numbers_in_range``)."""

# Least and most, in the unit that the field's name says.
RANGES = {
    "notice_hours": (0, 336),
    "hold_minutes": (1, 120),
    "confirm_within_hours": (1, 336),
    "confirm_before_start_hours": (0, 336),
    "confirm_at_least_minutes": (1, 1440),
    "join_before_minutes": (0, 120),
    "join_after_minutes": (0, 120),
    "no_show_after_minutes": (1, 120),
    "dispute_hours": (1, 336),
    "proposal_answer_hours": (1, 336),
    "proposal_remind_hours": (1, 336),
    "offer_hours": (1, 336),
}
