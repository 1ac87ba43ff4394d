"""The practice's own pages under /practice/, for admins."""

from django.urls import path

from alcove.practice.views import data, first_steps, home, people, reasons, rooms, settings, texts
from alcove.practice.views import (
    first_steps,
    home,
    money,
    people,
    plans,
    reasons,
    rooms,
    settings,
)

app_name = "practice"
urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("start/", first_steps.FirstSteps.as_view(), name="first_steps"),
    path("start/provider/", first_steps.FirstProvider.as_view(), name="first_provider"),
    path("start/plan/", first_steps.FirstPlan.as_view(), name="first_plan"),
    path("start/client/", first_steps.FirstClient.as_view(), name="first_client"),
    path("start/ready/", first_steps.FirstReady.as_view(), name="first_ready"),
    path("people/", people.People.as_view(), name="people"),
    path("people/add/", people.Invite.as_view(), name="invite"),
    path("people/<int:pk>/", people.ShowPerson.as_view(), name="person"),
    path("people/<int:pk>/roles/", people.Roles.as_view(), name="roles"),
    path("people/<int:pk>/again/", people.InviteAgain.as_view(), name="invite_again"),
    path("people/<int:pk>/withdraw/", people.Withdraw.as_view(), name="withdraw"),
    path("people/<int:pk>/deactivate/", people.Deactivate.as_view(), name="deactivate"),
    path("people/<int:pk>/reactivate/", people.Reactivate.as_view(), name="reactivate"),
    path("people/<int:pk>/room/", rooms.OpenRoom.as_view(), name="open_room"),
    path("rooms/<str:code>/", rooms.ShowRoom.as_view(), name="room"),
    path("rooms/<str:code>/close/", rooms.CloseRoom.as_view(), name="close_room"),
    path("rooms/<str:code>/reopen/", rooms.ReopenRoom.as_view(), name="reopen_room"),
    path("settings/", settings.Settings.as_view(), name="settings"),
    path("texts/", texts.Texts.as_view(), name="texts"),
    path("texts/logo/", texts.Logo.as_view(), name="logo"),
    path("texts/logo/remove/", texts.RemoveLogo.as_view(), name="remove_logo"),
    path("data/", data.Data.as_view(), name="data"),
    path("data/preview/", data.Preview.as_view(), name="preview"),
    path("data/forget/", data.DropUpload.as_view(), name="drop_upload"),
    path("data/practice.yaml", data.Download.as_view(), name="download"),
    path("plans/", plans.Plans.as_view(), name="plans"),
    path("plans/new/", plans.NewPlan.as_view(), name="new_plan"),
    path("plans/<slug:code>/", plans.ChangePlan.as_view(), name="change_plan"),
    path("plans/<slug:code>/stop/", plans.StopSale.as_view(), name="stop_sale"),
    path("plans/<slug:code>/offer/", plans.StartSale.as_view(), name="start_sale"),
    path("credits/", money.Money.as_view(), name="money"),
    path("credits/entries.csv", money.ExportCredits.as_view(), name="export_credits"),
    path("credits/payments.csv", money.ExportPayments.as_view(), name="export_payments"),
    path("reasons/", reasons.Reasons.as_view(), name="reasons"),
    path("reasons/<int:pk>/", reasons.RenameReason.as_view(), name="rename_reason"),
    path("reasons/<int:pk>/raise/", reasons.RaiseReason.as_view(), name="raise_reason"),
    path("reasons/<int:pk>/retire/", reasons.RetireReason.as_view(), name="retire_reason"),
    path("reasons/<int:pk>/back/", reasons.BringBackReason.as_view(), name="bring_back_reason"),
]
