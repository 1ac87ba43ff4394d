"""A room's credits and payments for staff, under /staff/rooms/."""

from django.urls import path

from alcove.booking.views import staff_credits

app_name = "billing"
urlpatterns = [
    path("<str:room>/credits/", staff_credits.RoomCredits.as_view(), name="staff_credits"),
    path("<str:room>/fees/<int:fee>/paid/", staff_credits.FeePaid.as_view(), name="fee_paid"),
    path("<str:room>/fees/<int:fee>/waive/", staff_credits.FeeWaived.as_view(), name="fee_waived"),
    path("<str:room>/refund/<str:code>/", staff_credits.Refunded.as_view(), name="refunded"),
    path(
        "<str:room>/refund/<str:code>/again/",
        staff_credits.RefundAgain.as_view(),
        name="refund_again",
    ),
    path(
        "<str:room>/refund/<str:code>/by-hand/",
        staff_credits.RefundedByHand.as_view(),
        name="refunded_by_hand",
    ),
]
