"""Staff's disputes, under /staff/disputes/."""

from django.urls import path

from alcove.support import views

app_name = "disputes"
urlpatterns = [
    path("", views.Disputes.as_view(), name="list"),
    path("<str:code>/", views.Dispute.as_view(), name="one"),
]
