"""What stands in front of Dash: who asks (dashboards/door.py), who may pass, and what every answer carries.

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

from dashboards import door
from dashboards.access import NOBODY, may
from dashboards.callback_requests import Expected
from dashboards.language import COOKIE, LANGUAGES
from dashboards.notice_pages import notice_page

CALLBACKS = "/_dash-update-component"
# Dash's own routes and what they need. _reload-hash is for development: nobody's.
DASH_ROUTES = {
    "/": "open the site",
    "/<path:path>": "open the site",
    "/_dash-layout": "open the site",
    "/_dash-dependencies": "open the site",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": "come to the door",
    "/_favicon.ico": "come to the door",
    "/assets/<path:filename>": "come to the door",
}
BEFORE_THE_PASSWORD = ("/account/password", "/log-out")  # all that somebody with a one-time secret may ask for
STATIC = ("/_dash-component-suites/", "/assets/", "/_favicon.ico")
MOST_BYTES = 2 * 1024 * 1024  # of a request: a callback's inputs; uploads have a route and a limit of their own
YEAR = 365 * 24 * 3600
log = logging.getLogger(__name__)


# A proxy says so with one of these; a store without accounts lets nobody in through one.
PROXY_HEADERS = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")


class Guard:
    """Holds what may be asked for. Filled by create_app before the first request."""

    def __init__(self, server: Flask, *, proxies: int = 0, takes_plain_http: bool = False):
        self.proxies, self.takes_plain_http = proxies, takes_plain_http
        self.routes: dict[str, str] = dict(DASH_ROUTES)  # rule -> permission
        self.callbacks: dict[str, str] = {}  # output id as the browser sends it -> permission
        self.expected: dict[str, Expected] = {}  # output id -> what its request must look like
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
        """Let the request through, or answer it with 400, 401, 403, 404 or 413, or with the way to the log-in page."""
        came_directly = is_loopback(request.remote_addr or "") and is_own_name(request.host)
        if request.method not in ("GET", "HEAD", "OPTIONS") and comes_from_elsewhere():
            abort(403)
        door.identify()
        if not (self.takes_from_afar() if g.needs_log_in else came_directly and not came_through_proxy()):
            abort(403)
        if request.url_rule is None and g.user is not NOBODY:
            return None  # Flask answers 404 or 405
        permission = self._permission()
        if g.user is NOBODY and permission != "come to the door":
            return door.ask_to_log_in()
        if permission is None or not may(permission):
            abort(403)
        if g.account is not None and g.account.must_change and request.path not in BEFORE_THE_PASSWORD:
            return door.ask_for_password(permission)
        g.unknown_page = request.url_rule.rule == "/<path:path>" and not self.knows_page(request.path)
        return None

    def takes_from_afar(self) -> bool:
        """Whether a site with accounts answers this request: unspied, and through the proxies it was told of, no other."""
        is_here = is_loopback(request.remote_addr or "") and is_own_name(request.host)
        if self.proxies == 0 and came_through_proxy():
            log.warning("a request came through a proxy; set KANGTU_PROXIES to how many there are")
            return False
        if self.proxies and not is_here and "X-Forwarded-For" not in request.headers:
            log.warning("a request passed by the proxy")
            return False
        return request.is_secure or is_here or self.takes_plain_http

    def _permission(self) -> str | None:
        if request.url_rule is None:
            return None
        if request.url_rule.rule == CALLBACKS and g.user is not NOBODY:
            return self._permission_of_callback()
        return self.routes.get(request.url_rule.rule)

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
        permission = self.callbacks.get(output)
        if permission is None or not may(permission):
            return permission
        if output in self.in_browser or (output in self.expected and not self.expected[output].fits(body)):
            log.info("a call of %.200s that no page sends was refused", output)
            abort(400)
        return permission

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
        if request.is_secure:
            headers["Strict-Transport-Security"] = f"max-age={YEAR}"
        door.set_cookies(response)
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
