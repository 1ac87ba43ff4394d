"""What can go wrong with booking."""

from django.utils.translation import gettext_lazy as _

from alcove.core.errors import DomainError, NotAllowed


class SlotTaken(DomainError):
    """Somebody else has the time now."""

    code = "slot_taken"
    message = _("That time has just been taken. Please choose another one.")


class SlotNotOffered(DomainError):
    """The time is not one that can be booked: off the grid, past, too soon or too far."""

    code = "slot_not_offered"
    message = _("That time cannot be booked. Please choose one of the times shown.")


class SameTime(DomainError):
    """Moving a session to where it is would only undo its confirmation."""

    code = "same_time"
    message = _("This session has that time already. Choose another one, or keep it.")


class NotOffered(DomainError):
    """The plan or the provider does not include this session type and length."""

    code = "not_offered"
    http_status = 422
    message = _("That session type or length is not part of your plan. Please choose again.")


class NotRoomOwner(DomainError):
    """In a couples room only its creator schedules (R3)."""

    code = "not_room_owner"
    http_status = 403
    message = _(
        "In this room only %(owner)s can schedule, move or cancel live sessions. "
        "You see every session here and can join it."
    )


class RoomNotBookable(DomainError):
    """The room cannot be booked; ``obstacle`` says why."""

    code = "room_not_bookable"
    message = _("This room cannot be booked at the moment. %(why)s")


class HoldExpired(DomainError):
    """The time is no longer kept for this room."""

    code = "hold_expired"
    message = _("We could keep that time only for a while, and it has passed. Please choose again.")


class NotRequested(DomainError):
    """Only a request that waits for an answer can be answered."""

    code = "not_requested"
    message = _("This request has been settled already: %(status)s.")


class RequestLapsed(DomainError):
    """The deadline for an answer has passed."""

    code = "request_lapsed"
    message = _("The time to answer this request is over. The client was offered other times.")


class AlreadyEnded(DomainError):
    """The session is over or was cancelled; nothing about it can change any more."""

    code = "already_ended"
    message = _("This live session can no longer be changed: %(status)s.")


class AlreadyStarted(DomainError):
    """The session has begun."""

    code = "already_started"
    message = _("This live session has begun and can no longer be moved or cancelled.")


class ConsequenceChanged(DomainError):
    """What the change costs is not what the person was shown."""

    code = "consequence_changed"
    message = _("What this change costs has changed while the page was open. Please read it again.")


class ChangedMeanwhile(DomainError):
    """Two people acted at once and the other was first."""

    code = "changed_meanwhile"
    message = _("Somebody changed this live session a moment ago: %(status)s.")


class ReasonListed(DomainError):
    """No two reasons of the list have the same words."""

    code = "reason_listed"
    http_status = 422
    message = _("That reason is on the list already.")


class ReasonNeeded(DomainError):
    """A cancellation names a reason of the practice's list (R12)."""

    code = "reason_needed"
    http_status = 422
    message = _("Please choose a reason.")


class TooEarlyToMark(DomainError):
    """The client still has time to come."""

    code = "too_early_to_mark"
    message = _("The client has until %(minutes)s minutes after the start to come.")


class TooLateToMark(DomainError):
    """The day after is over: the session has been settled or is about to be."""

    code = "too_late_to_mark"
    message = _("A session can be marked as missed until a day after its end.")


class ClientCame(DomainError):
    """By the recorded facts the client was there, or waited."""

    code = "client_came"
    message = _("The client was there, so the session cannot be marked as missed.")


class ProviderNotThere(DomainError):
    """By the recorded facts the provider did not come either, so the session is theirs to lose."""

    code = "provider_not_there"
    message = _(
        "You were not in this session yourself, so it cannot be marked as missed. Join it first."
    )


class WordsNeeded(DomainError):
    """Whoever judges or is judged needs to read why."""

    code = "words_needed"
    http_status = 422
    message = _("Please say why in a few words.")


class NotDisputable(DomainError):
    """It was not marked, was disputed before, or is final."""

    code = "not_disputable"
    message = _("This can no longer be disputed. Please write to the practice.")


class NotDisputed(DomainError):
    """Only a dispute that waits can be decided."""

    code = "not_disputed"
    message = _("There is no dispute here that waits for a decision.")


class NotAvailableNow(DomainError):
    """The provider takes nobody at once: they never said so, or no longer (R16)."""

    code = "not_available_now"
    message = _("%(name)s takes no immediate sessions at the moment. Please choose a time instead.")


class NotFreeNow(DomainError):
    """Somebody in the room has something else soon, or the provider is being rung already."""

    code = "not_free_now"
    message = _(
        "A session of that length cannot start at this moment. Try a shorter one, try again in "
        "a few minutes, or choose a time instead."
    )


class AlreadyRinging(DomainError):
    """A room rings for one session at once."""

    code = "already_ringing"
    message = _("You are ringing already, for another session type or length. Withdraw that first.")


class RingSettled(DomainError):
    """The ring was answered, withdrawn or lapsed before."""

    code = "ring_settled"
    message = _("This ring is over: %(answer)s.")


class TimeNotFree(DomainError):
    """Somebody who joins a room has sessions of their own when the room has some."""

    code = "time_not_free"
    message = _(
        "You have something of your own at the time of a live session that is booked here: "
        "%(when)s. Move or cancel that first, then come back; nothing has changed yet."
    )


class RingLapsed(DomainError):
    """The two minutes are over."""

    code = "ring_lapsed"
    message = _("The two minutes to answer this ring are over. Nothing was spent.")


class NoTimesMarked(DomainError):
    """A wish needs at least one time."""

    code = "no_times_marked"
    http_status = 422
    message = _("Mark at least one time that would suit you.")


class NoUsefulTimes(DomainError):
    """Nothing that was marked is ahead and long enough for the session."""

    code = "no_useful_times"
    http_status = 422
    message = _(
        "None of these times has room for %(minutes)s minutes in the coming weeks. Mark longer or "
        "later ones."
    )


class TooManyTimes(DomainError):
    """A wish has more times than anybody could read."""

    code = "too_many_times"
    http_status = 422
    message = _("That is more than %(most)s times. Mark whole parts of days instead.")


class ProposalSettled(DomainError):
    """The exchange about a time has come to something else meanwhile."""

    code = "proposal_settled"
    message = _("This has changed meanwhile: %(state)s.")


class TimesWait(DomainError):
    """Times are offered in this room and wait for an answer."""

    code = "times_wait"
    message = _("Times have been offered in this room. They come first: answer or withdraw them.")


class OfferNeedsTimes(DomainError):
    """An offer has one to three different times."""

    code = "offer_needs_times"
    http_status = 422
    message = _("Offer one, two or three different times.")


class OfferedTimeImpossible(DomainError):
    """A time cannot be offered: past, too far ahead, or not on a whole minute."""

    code = "offered_time_impossible"
    http_status = 422
    message = _("%(when)s is over or too far ahead. Choose another time.")


class OfferedTimeTaken(DomainError):
    """Somebody of the room has something else then, or two of the times overlap."""

    code = "offered_time_taken"
    message = _(
        "%(when)s cannot be offered: you or a client of this room have something else then, or "
        "it overlaps another of these times."
    )


class OfferOver(DomainError):
    """The offered time is kept no longer."""

    code = "offer_over"
    message = _(
        "This time is no longer kept for you. Choose another one, or say when you are free."
    )


class BehalfReasonNeeded(DomainError):
    """Staff act for a client without saying why."""

    code = "behalf_reason_needed"
    http_status = 422
    message = _("Please say why you do this for the client.")


class LateForStaff(NotAllowed):
    """A change on behalf that costs the client something."""

    code = "late_for_staff"
    message = _(
        "It is too late for a free change, and staff cannot make one that costs the client "
        "something. The client can do it, or an admin, who can also waive what it costs."
    )


class WaivingIsForAdmins(NotAllowed):
    """Somebody who is no admin wants to waive what a late change costs."""

    code = "waiving_is_for_admins"
    message = _("Only an admin can waive what a late change costs.")
