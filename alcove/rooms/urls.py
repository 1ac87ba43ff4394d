"""Addresses of rooms, under /rooms/."""

from django.urls import path

from alcove.rooms.views import invitation, lists, members, room

app_name = "rooms"
urlpatterns = [
    path("", lists.RoomList.as_view(), name="list"),
    path("search/", lists.Search.as_view(), name="search"),
    path("couples/new/", members.NewCouplesRoom.as_view(), name="new_couples"),
    path("invitations/", invitation.KeptInvitation.as_view(), name="kept_invitation"),
    path("invitations/<str:token>/", invitation.door, name="invitation"),
    path("<str:code>/", room.RoomPage.as_view(), name="room"),
    path("<str:code>/lines/", room.lines, name="lines"),
    path("<str:code>/read/", room.read, name="read"),
    path("<str:code>/files/<str:file>/", room.attachment, name="attachment"),
    path("<str:code>/members/", members.Members.as_view(), name="members"),
    path("<str:code>/members/remove/", members.RemovePartner.as_view(), name="remove_partner"),
    path("<str:code>/leave/", members.LeaveRoom.as_view(), name="leave"),
    path(
        "<str:code>/invitation/resend/",
        members.ResendInvitation.as_view(),
        name="resend_invitation",
    ),
    path(
        "<str:code>/invitation/revoke/",
        members.RevokeInvitation.as_view(),
        name="revoke_invitation",
    ),
    path("<str:code>/draft/", room.draft, name="draft"),
]
