"""Coming in as a browser does: the form's token is read from the page, cookies are kept."""

import re

PASSWORD = "骑马去恩格贝 at dawn"
TOKEN = re.compile(r'name="form-token" value="([0-9a-f]{64})"')


def token_on(client, path="/login") -> str:
    """The token of the form on a page."""
    return TOKEN.search(client.get(path).text).group(1)


def log_in(client, name, password=PASSWORD, *, wanted="/", **options):
    """The answer to the log-in form."""
    form = {"name": name, "password": password, "next": wanted, "form-token": token_on(client)}
    return client.post("/login", data=form, **options)


def cookies_set(answer) -> dict[str, str]:
    """Name -> whole header of every cookie an answer sets."""
    return {line.split("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}
