"""The pages of the shop."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from meters.models import Meter


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"Meters and more: {Meter.objects.count()} meters\n")


def meters(request: HttpRequest) -> JsonResponse:
    return JsonResponse(
        {
            meter.device_id: {
                "firmware": meter.firmware,
                "upgrade": meter.upgrade,
                "readings": [reading.values for reading in meter.readings.order_by("pk")],
            }
            for meter in Meter.objects.prefetch_related("readings")
        }
    )
