from django.db import OperationalError, ProgrammingError
from django.shortcuts import render

from guestbook.models import Visit


def index(request):
    """Writes the visit down, and shows the last ten."""
    try:
        Visit.objects.create(browser=request.headers.get("User-Agent", "")[:200])
        return render(request, "index.html", {"visits": Visit.objects.all()[:10], "total": Visit.objects.count()})
    except (OperationalError, ProgrammingError):  # In SQLite and in Postgres: there is no table yet.
        return render(request, "migrate.html", status=503)
