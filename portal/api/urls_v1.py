"""What stands below /api/v1/: each app's own API."""

from django.urls import path

from dossiers.api import urls as dossiers
from procedures.api import urls as procedures

# one table: for each one more that it goes through, Django makes a match and asks it what it calls
urlpatterns = [
    path(f"api/v1/{row.pattern}", row.callback, name=row.name)
    for row in (*dossiers.urlpatterns, *procedures.urlpatterns)
]
