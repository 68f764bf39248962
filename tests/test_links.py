# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The check of links within the manual."""

import pytest

from doc.check_links import broken, main


@pytest.mark.parametrize(
    ("link", "is_broken"),
    [
        ("b.html", False),
        ("b.html#here", False),
        ("#own", False),
        ("#", False),
        ("pictures/a%20b.png?v=1", False),
        ("https://example.org/none.html#none", False),
        ("mailto:a@example.org", False),
        ("c.html", True),
        ("b.html#there", True),
        ("#there", True),
        ("pictures", True),
    ],
)
def test_broken_links_are_found(tmp_path, capsys, link, is_broken):
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a b.png").touch()
    (tmp_path / "b.html").write_text('<p id="here"><img src="pictures/a b.png">')
    (tmp_path / "a.html").write_text(f'<a href="{link}" id="own">text</a>')
    assert broken(tmp_path) == [("a.html", link)] * is_broken
    assert main([str(tmp_path)]) == is_broken
    assert (link in capsys.readouterr().out) == is_broken
