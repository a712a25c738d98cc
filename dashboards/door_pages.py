"""The pages at the door: log in, choose a password, log out, act as one of the demo's identities.

Plain HTML without script: they are for people who are not in yet, and a browser's own store of passwords knows them.
"""

import logging
from html import escape

from flask import Response, abort, g, redirect, request

from dashboards import data, door
from dashboards.access import current_user, route
from dashboards.components.theme import chosen_theme
from dashboards.language import LANGUAGES, current_language
from dashboards.language import gettext as _

STYLES = ("/assets/vendor/bootstrap-5.3.9.min.css", "/assets/kangtu.css", "/assets/account.css")
LONGEST_PASSWORD = 256  # data_access/passwords.py takes as many signs
log = logging.getLogger(__name__)


@route("/login", permission="come to the door")
def show_log_in() -> Response:
    """?next=where to go afterwards."""
    wanted = door.safe_address(request.args.get("next"))
    if not g.needs_log_in or g.account is not None:
        return redirect(wanted, 303)
    return log_in_page(wanted)


@route("/login", permission="come to the door", methods=("POST",))
def log_in() -> Response:
    """Name and password; the same answer for a name nobody has and a password that does not fit."""
    wanted = door.safe_address(door.text_field("next", door.LONGEST_ADDRESS))
    name, password = door.text_field("name", 100), door.text_field("password", LONGEST_PASSWORD)
    if not g.needs_log_in:
        abort(403)
    door.check_token()
    try:
        session = data.log_in(name, password, request.remote_addr or "")
    except data.Refused as refusal:
        log.warning("a log-in from %s was refused (wait %s s)", request.remote_addr, refusal.wait_s)
        return log_in_page(wanted, why_not(refusal), 429 if refusal.wait_s else 401)
    if g.account is not None:
        data.log_out(door.session_id())
    user, account, _needs = data.visitor(session)
    place = "/account/password" if account is not None and account.must_change else door.place_for(user, wanted)
    return door.let_in(redirect(place, 303), session)


@route("/log-out", permission="come to the door", methods=("POST",))
def log_out() -> Response:
    """The session ends here, not only in the browser. In the demo its visitor is there again."""
    door.check_token()
    if g.account is not None:
        data.log_out(door.session_id())
    return door.show_out(redirect("/login" if g.needs_log_in else door.came_from(), 303))


@route("/act-as", permission="come to the door", methods=("POST",))
def act_as() -> Response:
    """One of the demo's identities, without a password; refused as soon as somebody real has an account."""
    wanted = door.text_field("account", 9)
    if g.needs_log_in:
        abort(403)
    door.check_token()
    session = data.act_as(int(wanted)) if wanted.isascii() and wanted.isdigit() else None
    if session is None:
        abort(400)
    if g.account is not None:
        data.log_out(door.session_id())
    user, _account, _needs = data.visitor(session)
    return door.let_in(redirect(door.place_for(user, door.came_from()), 303), session)


@route("/account/password", permission="open the site")
def show_password() -> Response:
    """Choose a new password."""
    if g.account is None or g.account.is_demo:
        abort(404)
    return password_page()


@route("/account/password", permission="open the site", methods=("POST",))
def choose_password() -> Response:
    """The old password and the new one, twice."""
    fields = [door.text_field(name, LONGEST_PASSWORD * 4) for name in ("old", "new", "again")]
    old, new, again = fields
    if g.account is None or g.account.is_demo:
        abort(404)
    door.check_token()
    fault = fault_of(old, new, again)
    if fault:
        return password_page(fault, 400)
    try:
        session = data.change_password(g.account.account_id, old, new, request.remote_addr or "")
    except data.Refused as refusal:
        fault = why_not(refusal) if refusal.wait_s else _("The present password is another one.")
        return password_page(fault, 429 if refusal.wait_s else 400)
    return door.let_in(redirect(door.place_for(current_user(), "/"), 303), session)


def fault_of(old: str, new: str, again: str) -> str | None:
    """Why a new password is not taken, in words."""
    if new != again:
        return _("The two new passwords differ.")
    if new == old:
        return _("The new password is the present one.")
    return {
        None: None,
        "short": _("The password is too short: take 8 signs or more; 15 are better."),
        "long": _("The password is too long: 256 signs are the most."),
        "common": _("The password is easy to guess: it consists of common words, names of this place, or digits."),
    }[data.what_is_wrong_with(new, g.account)]


def why_not(refusal: data.Refused) -> str:
    """Why nobody was let in, in words that do not tell whether the name exists."""
    if refusal.wait_s:
        return _("Too many tries. Please wait {seconds} seconds.", seconds=refusal.wait_s)
    return _("Name or password do not fit, or the account is disabled.")


def log_in_page(wanted: str, fault: str | None = None, status: int = 200) -> Response:
    """The form to log in."""
    fields = [
        field("name", _("Login name"), autocomplete="username", autofocus=True, value=request.form.get("name", "")),
        field("password", _("Password"), kind="password", autocomplete="current-password"),
        hidden("next", wanted),
    ]
    advice = _("No account, or no password any more? The administrator adds accounts and resets passwords.")
    return page(_("Log in"), form("/login", fields, _("Log in")), fault=fault, advice=advice, status=status)


def password_page(fault: str | None = None, status: int = 200) -> Response:
    """The form to choose a new password."""
    is_first = g.account.must_change
    fields = [
        hidden("username", g.account.login_name, autocomplete="username"),
        field(
            "old",
            _("One-time secret") if is_first else _("Present password"),
            kind="password",
            autocomplete="current-password",
            autofocus=True,
        ),
        field("new", _("New password"), kind="password", autocomplete="new-password"),
        field("again", _("New password once more"), kind="password", autocomplete="new-password"),
    ]
    advice = _("8 signs or more; a sentence of your own is best. It does not end by the calendar.")
    way_out = form("/log-out", [], _("Log out"), look="btn-link p-0") if is_first else link("/", _("Back"))
    body = form("/account/password", fields, _("Keep this password")) + way_out
    return page(_("Choose a password"), body, fault=fault, advice=advice, status=status)


def page(title: str, body: str, *, fault: str | None = None, advice: str = "", status: int = 200) -> Response:
    """A whole page at the door. title, fault and advice are text; body is HTML."""
    scheme = chosen_theme()
    theme = f' data-bs-theme="{scheme}" data-chosen-theme="{scheme}"' if scheme else ""
    links = "".join(f'<link rel="stylesheet" href="{href}">' for href in STYLES)
    said = f'<p class="kt-fault" role="alert">{escape(fault)}</p>' if fault else ""
    help_text = f'<p class="kt-muted">{escape(advice)}</p>' if advice else ""
    return Response(
        f'<!DOCTYPE html><html lang="{LANGUAGES[current_language()]}"{theme}><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)} · {escape(_("Kangtu"))}'
        f'</title><link rel="icon" type="image/svg+xml" href="/assets/icon.svg">'
        f'<script src="/assets/early/theme.js"></script>{links}</head>'
        f'<body class="kt-door"><header class="kt-door-top"><span class="kt-brand"><span class="kt-logo" aria-hidden="true">'
        f"</span>{escape(_('Kangtu'))}</span>{other_language()}</header>"
        f'<main id="main"><h1>{escape(title)}</h1>{said}{body}{help_text}</main></body></html>',
        status,
        mimetype="text/html",
    )


def other_language() -> str:
    """The link to the same page in the other language; a page that answers a form has none."""
    if request.method != "GET":
        return ""
    other, words = ("en", "English") if current_language() == "zh" else ("zh", "中文")
    wanted = door.safe_address(request.args.get("next"))
    query = f"?lang={other}" + (f"&amp;next={escape(door.quoted(wanted))}" if wanted != "/" else "")
    return f'<a href="{escape(request.path)}{query}" lang="{other}" hreflang="{other}">{words}</a>'


def form(action: str, fields: list[str], button: str, *, look: str = "btn-primary") -> str:
    """A form with its token and its button."""
    inside = "".join([hidden(door.FORM_FIELD, door.token()), *fields])
    submit = f'<button type="submit" class="btn {look}">{escape(button)}</button>'
    return f'<form method="post" action="{action}">{inside}{submit}</form>'


def field(
    name: str,
    label: str,
    *,
    kind: str = "text",
    value: str = "",
    autocomplete: str = "off",
    autofocus: bool = False,
    required: bool = True,
) -> str:
    """A labelled field."""
    marks = (" required" if required else "") + (" autofocus" if autofocus else "")
    return (
        f'<label>{escape(label)}<input class="form-control" type="{kind}" name="{name}" value="{escape(value)}" '
        f'autocomplete="{autocomplete}" autocapitalize="none" spellcheck="false"{marks}></label>'
    )


def hidden(name: str, value: str, *, autocomplete: str = "off") -> str:
    """A field nobody sees."""
    return f'<input type="hidden" name="{name}" value="{escape(value)}" autocomplete="{autocomplete}">'


def link(address: str, words: str) -> str:
    """A link under a form."""
    return f'<p><a href="{escape(address)}">{escape(words)}</a></p>'
