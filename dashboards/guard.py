"""What stands in front of Dash: who may pass, and what every answer carries.

Dash itself answers anybody for anything it knows. So each request is looked up here first, by the route's rule and,
for a callback, by the id of its output; what has no permission declared is refused.
"""

import ipaddress
import json
import logging
from urllib.parse import urlsplit

from dash.exceptions import DependencyException
from flask import Flask, Response, abort, g, request
from werkzeug.exceptions import HTTPException

from dashboards.access import may
from dashboards.language import COOKIE, LANGUAGES
from dashboards.notice_pages import notice_page

CALLBACKS = "/_dash-update-component"
# Dash's own routes and what they need. _reload-hash is for development: nobody's.
DASH_ROUTES = {
    "/": "open the site",
    "/<path:path>": "open the site",
    "/_dash-layout": "open the site",
    "/_dash-dependencies": "open the site",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": "open the site",
    "/_favicon.ico": "open the site",
    "/assets/<path:filename>": "open the site",
}
STATIC = ("/_dash-component-suites/", "/assets/", "/_favicon.ico")
MOST_BYTES = 2 * 1024 * 1024  # of a request: a callback's inputs; uploads have a route and a limit of their own
YEAR = 365 * 24 * 3600
log = logging.getLogger(__name__)


# A proxy says so with one of these; until there are accounts nobody may be let in through one.
PROXY_HEADERS = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")


class Guard:
    """Holds what may be asked for. Filled by create_app before the first request."""

    def __init__(self, server: Flask):
        self.routes: dict[str, str] = dict(DASH_ROUTES)  # rule -> permission
        self.callbacks: dict[str, str] = {}  # output id as the browser sends it -> permission
        self.inputs: dict[str, tuple[int, int]] = {}  # output id -> how many inputs and states it has
        self.in_browser: set[str] = set()  # output ids of callbacks that run in the browser: nobody posts them
        self.knows_page = lambda path: True
        self.policy = ""
        server.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
        server.config["KANGTU_GUARD"] = self
        # First of all: Dash puts its own set-up in front of the request too.
        server.before_request_funcs.setdefault(None, []).insert(0, self.admit)
        server.after_request(self.dress)
        server.register_error_handler(HTTPException, refuse)
        server.register_error_handler(DependencyException, lambda error: refuse_with(404))
        server.register_error_handler(Exception, fail)

    def admit(self) -> Response | None:
        """Let the request through, or answer it with 400, 403, 404 or 413."""
        if not is_loopback(request.remote_addr or "") or not is_own_name(request.host) or came_through_proxy():
            abort(403)
        if request.method not in ("GET", "HEAD", "OPTIONS") and comes_from_elsewhere():
            abort(403)
        if request.url_rule is None:
            return None  # Flask answers 404 or 405
        if request.url_rule.rule == CALLBACKS:
            permission = self._permission_of_callback()
        else:
            permission = self.routes.get(request.url_rule.rule)
        if permission is None or not may(permission):
            abort(403)
        g.unknown_page = request.url_rule.rule == "/<path:path>" and not self.knows_page(request.path)
        return None

    def _permission_of_callback(self) -> str | None:
        if not request.is_json:
            abort(415)
        try:
            body = request.get_json(silent=True)
        except RecursionError:  # brackets in brackets, thousands deep
            abort(400)
        if not isinstance(body, dict) or not isinstance(body.get("output"), str):
            abort(400)
        output = body["output"]
        if output in self.in_browser or (output in self.inputs and not is_well_formed(body, *self.inputs[output])):
            abort(400)
        return self.callbacks.get(output)

    def dress(self, response: Response) -> Response:
        """Headers on every answer, the chosen language's cookie, and 404 for the page that is not there."""
        headers = response.headers
        headers["Content-Security-Policy"] = self.policy
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["X-Frame-Options"] = "DENY"
        is_file = request.path.startswith(STATIC) and response.status_code < 400
        if not is_file and "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store"
        if g.get("unknown_page") and response.status_code == 200:
            response.status_code = 404
        if request.args.get("lang") in LANGUAGES and response.mimetype == "text/html":
            response.set_cookie(COOKIE, request.args["lang"], max_age=YEAR, samesite="Lax", httponly=True)
        return response


def is_loopback(address: str) -> bool:
    """Whether the caller is this machine."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def is_own_name(host: str) -> bool:
    """Whether the caller used a name of this machine: a foreign name that resolves here is DNS rebinding."""
    name = urlsplit(f"//{host}").hostname or ""
    return name == "localhost" or is_loopback(name)


def came_through_proxy() -> bool:
    """Whether a proxy on this machine passed on somebody else's request, which looks like this machine's own."""
    return any(name in request.headers for name in PROXY_HEADERS)


def comes_from_elsewhere() -> bool:
    """Whether a browser sent an unsafe request on behalf of another site."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    return site not in (None, "same-origin") or origin not in (None, request.host_url.rstrip("/"))


def is_well_formed(body: dict, inputs: int, states: int) -> bool:
    """Whether a callback's request has the outputs, inputs and states it should, each with an id and a property."""
    counted = ((body.get("inputs", []), inputs), (body.get("state", []), states))
    changed = body.get("changedPropIds", [])
    return (
        bool(body.get("outputs"))
        and isinstance(body["outputs"], dict | list)
        and isinstance(changed, list)
        and all(isinstance(name, str) for name in changed)
        and all(
            isinstance(given, list) and len(given) == wanted and all(_is_dependency(item) for item in given)
            for given, wanted in counted
        )
    )


def _is_dependency(item: object) -> bool:
    if isinstance(item, list):  # a pattern-matching id: all that match
        return all(_is_dependency(one) for one in item)
    return isinstance(item, dict) and isinstance(item.get("id"), str | dict) and isinstance(item.get("property"), str)


def content_security_policy(script_hashes: list[str]) -> str:
    """Everything from this server. Inline styles cannot be avoided with Dash; inline scripts only by their hash."""
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' " + " ".join(script_hashes),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "frame-src 'none'",
        )
    )


def refuse(error: HTTPException) -> Response:
    """The page for an error of HTTP."""
    return refuse_with(error.code or 500)


def refuse_with(status: int) -> Response:
    """JSON for what a script asked for, a page in the reader's language for what a person did."""
    if request.path.startswith("/_dash-"):
        return Response(json.dumps({"status": status}), status, mimetype="application/json")
    return Response(notice_page(status), status, mimetype="text/html")


def fail(error: Exception) -> Response:
    """Anything unforeseen: logged with its trace, and nothing of it told to the reader."""
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return refuse_with(500)
