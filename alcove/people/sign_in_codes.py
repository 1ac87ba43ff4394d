"""Sign-in by a mailed code, begun from a page of ours."""

from typing import cast

from allauth.account.views import request_login_code
from django.http import HttpRequest, HttpResponse


def mail_code(request: HttpRequest, address: str, *, then: str) -> HttpResponse:
    """Answer a POST as the sign-in page does for somebody who typed this address.

    That answer is the same whether or not there is an account, and is limited in number.
    """
    typed = request.POST.copy()
    typed.update({"email": address, "next": then})
    request.POST = typed  # type: ignore[assignment]  # the stubs know it as read-only
    return cast(HttpResponse, request_login_code(request))
