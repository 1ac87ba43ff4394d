"""Plan and credits, and paying for them, under /plan/."""

from django.urls import path

from alcove.booking.views import paying, plan

app_name = "plan"
urlpatterns = [
    path("", plan.Plans.as_view(), name="plan"),
    path("pay/<str:code>/", paying.Pay.as_view(), name="pay"),
    path("paid/<str:code>/", paying.Paid.as_view(), name="paid"),
    path("not-paid/<str:code>/", paying.NotPaid.as_view(), name="not_paid"),
    path("card/", plan.ForgetCard.as_view(), name="forget_card"),
    path("<str:room>/", plan.RoomPlan.as_view(), name="room"),
    path("<str:room>/credits/", plan.BuyCredits.as_view(), name="buy_credits"),
    path("<str:room>/choose/", plan.BuyPlan.as_view(), name="buy_plan"),
    path("<str:room>/fees/<int:fee>/", plan.PayFee.as_view(), name="pay_fee"),
    path("<str:room>/stop/", plan.StopPlan.as_view(), name="stop"),
]
