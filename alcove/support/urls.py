"""Staff's disputes, under /staff/disputes/."""

from django.urls import path

from alcove.support.views import disputes

app_name = "disputes"
urlpatterns = [
    path("", disputes.Disputes.as_view(), name="list"),
    path("<str:code>/", disputes.Dispute.as_view(), name="one"),
]
