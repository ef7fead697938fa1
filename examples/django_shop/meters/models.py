"""What the shop knows of the meters it has sold."""

from django.db import models


class Meter(models.Model):
    """A meter at a customer's."""

    device_id = models.CharField(max_length=64, unique=True)
    firmware = models.CharField(max_length=32, blank=True)
    upgrade = models.CharField(max_length=32, blank=True)

    def __str__(self) -> str:
        return self.device_id


class Reading(models.Model):
    """One push of values."""

    # The platform may push a thing twice and gives no key to tell by; its bytes are one.
    digest = models.CharField(max_length=64, unique=True)
    meter = models.ForeignKey(Meter, on_delete=models.CASCADE, related_name="readings")
    service = models.CharField(max_length=64)
    values = models.JSONField()
    occurred_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.service} of {self.meter}"
