"""One reader's visit to the site, and what went wrong during it."""

import re
from functools import cache
from urllib.parse import urlsplit

from tests.dashboards.messages import chinese, key, messages_in_catalogues

CHINESE = re.compile(r"[\u3400-\u9fff]")
SAID_IN_BOTH = ("演示数据 DEMO DATA", "演示数据", "中文", "English")
# Every text a reader may read or hear: [text, is it inside something marked as the other language, inside a picture]
READABLE = """
() => {
  const found = [];
  const foreign = (element) => Boolean(element.closest(document.documentElement.lang.startsWith("zh") ? "[lang^=en]" : "[lang^=zh]"));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (text && !parent.closest("script, style, noscript")) {
      found.push([text, foreign(parent), Boolean(parent.closest("svg, canvas"))]);
    }
  }
  for (const name of ["title", "aria-label", "placeholder", "alt"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      if (element.getAttribute(name).trim()) {
        found.push([element.getAttribute(name).trim(), foreign(element), Boolean(element.closest("svg"))]);
      }
    }
  }
  return found;
}
"""


class Visit:
    """A browser context of its own (its cookies, its language) with one page."""

    def __init__(self, browser, site: str, *, language: str, theme: str, size: tuple[int, int]):
        self.site, self.language, self.problems = site, language, []
        width, height = size
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, locale="zh-CN", reduced_motion="reduce"
        )
        self.page = self.context.new_page()
        self.page.add_init_script(
            "document.addEventListener('securitypolicyviolation', "
            "(event) => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI));"
        )
        self.page.on("console", lambda message: self._note(f"console: {message.text}", message.type == "error"))
        self.page.on("pageerror", lambda error: self._note(f"script: {error}"))
        self.page.on("request", self._watch_host)
        self.page.on("response", lambda answer: self._note(f"{answer.status} {answer.url}", answer.status >= 400))

    def _note(self, problem: str, counts: bool = True) -> None:
        if counts:
            self.problems.append(problem)

    def _watch_host(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and f"{parts.scheme}://{parts.netloc}" != self.site:
            self.problems.append(f"a request left the host: {request.url}")

    def go(self, path: str, *, settled: str = "#main h1") -> None:
        """Open an address in the visit's language and wait until the page stands."""
        joint = "&" if "?" in path else "?"
        self.page.goto(f"{self.site}{path}{joint}lang={self.language}")
        self.settle(settled)

    def settle(self, selector: str = "#main h1") -> None:
        """Wait until the page stands and nothing is under way."""
        self.page.wait_for_selector(selector)
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_function("() => !document.querySelector('[data-dash-is-loading=true]')")

    def heading(self) -> str:
        """The page's finding."""
        return self.page.inner_text("#main h1").strip()

    def address(self) -> str:
        """Path and query as they stand in the address bar."""
        parts = urlsplit(self.page.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def untranslated(self) -> list[str]:
        """What an English reader meets in Chinese, or a Chinese reader in the interface's English."""
        readable = self.page.evaluate(READABLE)
        if self.language == "en":
            return [
                text
                for text, marked, pictured in readable
                if CHINESE.search(text) and not marked and not pictured and text not in SAID_IN_BOTH
            ]
        return [text for text, marked, _pictured in readable if not marked and is_english_message(text)]

    def overflow(self) -> int:
        """How many CSS pixels the page is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def close(self) -> None:
        self.context.close()


def is_english_message(text: str) -> bool:
    """Whether this is one of the interface's messages, blanks filled in, in English."""
    return CHINESE.search(text) is None and any(pattern.fullmatch(text) for pattern in english_messages())


@cache
def english_messages() -> list[re.Pattern]:
    """A pattern for every message whose Chinese differs and that holds a word of its own."""
    patterns = []
    for messages in messages_in_catalogues().values():
        for message in messages:
            said = key(message)
            words = re.sub(r"\{[^}]*\}", "", said)
            if chinese(message) != said and re.search("[A-Za-z]{3}", words):
                patterns.append(re.compile(".+?".join(re.escape(part) for part in re.split(r"\{[^}]*\}", said))))
    return patterns
