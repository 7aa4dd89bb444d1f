from django.db import models


class Visit(models.Model):
    """One look at the page."""

    at = models.DateTimeField(auto_now_add=True)
    browser = models.CharField(max_length=200)

    class Meta:
        ordering = ["-at"]
