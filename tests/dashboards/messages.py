"""Every message in the code and every message in the catalogues, for the tests that compare them."""

import ast
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
KEYWORDS = ("_", "gettext", "mark", "ngettext")


def messages_in_code() -> dict[str, str]:
    """English message -> file and line where it is said."""
    found = {}
    for path in sorted((ROOT / "dashboards").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in KEYWORDS
                and node.args
            ):
                said = node.args[0]
                if isinstance(said, ast.Constant) and isinstance(said.value, str):
                    found[said.value] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def messages_in_catalogues() -> dict[str, list[Message]]:
    """File name of a fragment -> its messages."""
    folder = ROOT / "dashboards" / "locale" / "zh_Hans_CN" / "LC_MESSAGES"
    fragments = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            fragments[path.name] = [message for message in read_po(file, locale="zh_Hans_CN") if message.id]
    return fragments


def key(message: Message) -> str:
    """The message as the code says it; of one that counts, its singular."""
    return message.id[0] if message.pluralizable else message.id


def chinese(message: Message) -> str:
    """Its Chinese."""
    return message.string[0] if message.pluralizable else message.string
