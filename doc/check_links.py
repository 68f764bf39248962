# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Check the links within the built manual: ``python doc/check_links.py FOLDER``.

Every link and image of a page that is not on another site has to lead to a file of the
folder, and a part behind "#" to an element of that page. Sphinx itself checks only what
is written as a reference, not what templates and pieces of HTML contain.
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """The links of a page, and the places in it that links can lead to."""

    def __init__(self, text):
        super().__init__()
        self.links, self.places = set(), {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        """Note links and places of an element."""
        for name, value in attributes:
            if name == "id" or (name == "name" and tag == "a"):
                self.places.add(value)
            # Links to fonts and the like have a version behind "?".
            elif name in ("href", "src") and value:
                self.links.add(value)


def broken(folder):
    """Return ``(page, link)`` of all links that lead nowhere."""
    folder = Path(folder).resolve()
    # The theme's own folder has templates that are no pages.
    paths = [path for path in folder.rglob("*.html") if path.parent.name != "_static"]
    pages = {path: Page(path.read_text(encoding="utf8")) for path in paths}
    found = []
    for path, page in sorted(pages.items()):
        for link in sorted(page.links):
            url = urlsplit(link)
            if url.scheme or url.netloc:
                continue
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            place = unquote(url.fragment)
            if not target.is_file() or (
                target in pages and place not in pages[target].places
            ):
                found.append((str(path.relative_to(folder)), link))
    return found


def main(arguments):
    """Print broken links, and return how many there are."""
    (folder,) = arguments
    found = broken(folder)
    for page, link in found:
        print(f"{page}: {link}")
    return len(found)


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
