"""The door: who comes in, by which cookie, and where they go from there. dashboards/guard.py asks before every request.

The cookie holds a random id and nothing else; what it stands for is in the database, and ends there. A form carries a
token worked out from that cookie, or, before anybody is logged in, from a cookie of its own.
"""

import hashlib
import hmac
import re
import secrets
from urllib.parse import quote, urlencode, urlsplit

from flask import Response, abort, g, redirect, request

from dashboards import data
from dashboards.access import User, may

# __Host- : only this host may have set it, over https. A browser takes it over plain http for no host at all.
NAMES = {True: ("__Host-kangtu", "__Host-kangtu-door"), False: ("kangtu_session", "kangtu_door")}
FORM_FIELD = "form-token"  # of every form
LONGEST_COOKIE = 64
LONGEST_ADDRESS = 2000
NOT_AN_ADDRESS = re.compile(r"[\x00-\x20\\\x7f]")  # a browser drops some of these, and reads \ as /


def identify() -> None:
    """Find out who asks, for the length of this request: g.user, g.account, g.needs_log_in."""
    g.user, g.account, g.needs_log_in = data.visitor(session_id())


def session_id() -> str | None:
    """The id in the session's cookie."""
    return _cookie(0)


def _cookie(which: int) -> str | None:
    value = request.cookies.get(NAMES[request.is_secure][which], "")
    return value if 0 < len(value) <= LONGEST_COOKIE and value.isascii() else None


def token() -> str:
    """What a form must carry. Gives the browser a cookie to hold it against where it has none."""
    held = session_id() if g.account is not None else _cookie(1) or g.get("new_door")
    if held is None:
        held = g.new_door = secrets.token_urlsafe(16)
    return _token_of(held)


def _token_of(held: str) -> str:
    return hashlib.sha256(f"form {held}".encode()).hexdigest()


def check_token() -> None:
    """Answer 400 to a form that did not come from a page of ours, opened by the same visitor."""
    held = session_id() if g.account is not None else _cookie(1)
    if held is None or not hmac.compare_digest(
        _token_of(held), text_field(FORM_FIELD).encode("ascii", "replace").decode()
    ):
        abort(400)


def text_field(name: str, longest: int = 400) -> str:
    """A field of a posted form as text. Answers 400 where it is missing, too long, or holds control characters."""
    value = request.form.get(name)
    if value is None or len(value) > longest or any(ord(sign) < 32 for sign in value):
        abort(400)
    return value


def set_cookies(response: Response) -> Response:
    """Put into an answer the cookie that a form's token needs (the guard's last step)."""
    if g.get("new_door"):
        _set(response, 1, g.new_door)
    return response


def let_in(response: Response, session: str) -> Response:
    """Give the browser its session; what it had before the log-in is worth nothing afterwards."""
    _set(response, 0, session)
    _drop(response, 1)
    return response


def show_out(response: Response) -> Response:
    """Take the session from the browser; it has ended on the server."""
    _drop(response, 0)
    return response


def _set(response: Response, which: int, value: str) -> None:
    secure = request.is_secure
    # Lax, not Strict: a link in a message from a colleague opens logged in
    response.set_cookie(NAMES[secure][which], value, path="/", secure=secure, httponly=True, samesite="Lax")


def _drop(response: Response, which: int) -> None:
    secure = request.is_secure
    response.delete_cookie(NAMES[secure][which], path="/", secure=secure, httponly=True, samesite="Lax")


def ask_to_log_in() -> Response:
    """For a visitor nobody knows: the log-in page in place of a page, 401 in place of anything a script asked for."""
    if is_asked_by_script():
        abort(401)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(f"/login?{urlencode({'next': safe_address(wanted)})}", 303)


def is_asked_by_script() -> bool:
    """Whether a script or a picture asks, whom a page to log in on would not help."""
    return request.path.startswith("/_dash-") or request.headers.get("Sec-Fetch-Dest", "document") != "document"


def ask_for_password(permission: str) -> Response | None:
    """For somebody with a one-time secret: nothing until it is changed, but the style of the page to change it on."""
    if permission == "come to the door" and request.method == "GET":
        return None
    if is_asked_by_script():
        abort(403)
    return redirect("/account/password", 303)


def safe_address(text: str | None) -> str:
    """An address within this site: the path and query given, or the first page where they would lead elsewhere."""
    if not text or len(text) > LONGEST_ADDRESS or NOT_AN_ADDRESS.search(text):
        return "/"
    if not text.startswith("/") or text.startswith("//"):
        return "/"
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    at_the_door = parts.path in ("/login", "/log-out", "/act-as", "/account/password")
    return "/" if parts.scheme or parts.netloc or at_the_door else text


def came_from() -> str:
    """The page of ours a form was sent from."""
    parts = urlsplit(request.referrer or "")
    own = f"{parts.scheme}://{parts.netloc}" == request.host_url.rstrip("/")
    return safe_address(f"{parts.path}?{parts.query}" if parts.query else parts.path) if own else "/"


def place_for(user: User, wanted: str) -> str:
    """Where somebody who has just come in goes: where they wanted to; who sees no figures, to what they may do."""
    if urlsplit(wanted).path == "/" and not may("see figures", user) and may("manage accounts", user):
        return "/accounts"
    return wanted


def quoted(address: str) -> str:
    """An address as the value of a query."""
    return quote(address, safe="/")
