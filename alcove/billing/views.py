"""The door through which the gateway tells us what was paid."""

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from alcove.billing.actions.hear import hear_notice
from alcove.billing.payments import gateway
from alcove.billing.payments.gateway import ForgedNotice
from alcove.core import clock
from alcove.core.errors import NotFound


@method_decorator(csrf_exempt, name="dispatch")
class StripeNotice(View):
    """Stripe's webhook; its signature, not a session, says who speaks."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Act on a signed notice once; 400 for a forged one, 404 where nothing is set up."""
        service = gateway()
        if service is None:
            raise NotFound
        try:
            notice = service.read_notice(request.body, request.headers.get("Stripe-Signature", ""))
        except ForgedNotice:
            return HttpResponse("not signed", status=400, content_type="text/plain")
        is_new = hear_notice(notice=notice, now=clock.now())
        words = "heard" if is_new else "heard before"
        return HttpResponse(words, content_type="text/plain")
