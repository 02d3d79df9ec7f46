"""Look at the built site: every local link and picture is there, and in a browser formulas and search work.

``python docs/check_site.py FOLDER``, with the folder that ``sphinx-build`` wrote. The browser is Chromium.
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Page(HTMLParser):
    """What a page links to, and the anchors it has."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Collect ids, links and sources."""
        for name, value in attributes:
            if name in ("id", "name") and value:
                self.anchors.add(value)
            elif name in ("href", "src") and value and tag != "base":
                self.links.append(value)


def broken_links(folder: Path) -> list[str]:
    """Local links, pictures and anchors that lead nowhere."""
    pages = {path.resolve(): Page(path) for path in folder.rglob("*.html")}
    broken = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.exists():
                broken.append(f"{path.name}: {link}")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                broken.append(f"{path.name}: {link} (no such anchor)")
    return broken


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the folder on this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()


def in_browser(browser: str, address: str) -> str:
    """The page as the browser has it after its scripts ran."""
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, *FLAGS, f"--user-data-dir={profile}", "--virtual-time-budget=8000", "--dump-dom", address]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def main(folder: Path) -> None:
    """Check, or say what is wrong."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("no Chromium found: install it (Debian: chromium) to look at the site")
    wrong = broken_links(folder)
    with served(folder) as address:
        if "<math" not in in_browser(browser, f"{address}/physics.html"):
            wrong.append("physics.html: no formula")
        found = in_browser(browser, f"{address}/search.html?q=purification")
        if "thermal_purification" not in found or "physics.html" not in found:
            wrong.append("search.html: purification is not found")
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{len(list(folder.rglob('*.html')))} pages, every local link leads somewhere, formulas and search work")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
