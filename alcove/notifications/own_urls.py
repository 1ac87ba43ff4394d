"""What the reader is told, and how they want to be told, under /news/."""

from django.urls import path

from alcove.notifications.views import news, preferences

app_name = "notifications"
urlpatterns = [
    path("", news.News.as_view(), name="news"),
    path("settings/", preferences.ChangePreferences.as_view(), name="preferences"),
]
