"""Is this process able to answer? For whoever watches it."""

from flask import Response

from dashboards import data
from dashboards.access import route


@route("/health", permission="come to the door")
def health() -> Response:
    """200 when the store answers and has this version's tables, else 503."""
    ready = data.is_ready()
    return Response(
        "ok\n" if ready else "the database is not up to date\n", 200 if ready else 503, mimetype="text/plain"
    )
