# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Find the sections of a page, the comments about figures in them, and the figures."""

import re
from itertools import pairwise

_NUMBER = r"(?<![\w.,*-])(-?\d[\d,]*\.?\d*)(?<![.,])"
_UNIT = (
    "%|points|bytes|kB|MB|GB|KiB|MiB|GiB|ns|µs|ms|s|seconds|minutes|hours|times|Gbit/s"
    "|nJ|pJ|µJ|mJ|LUTs|instructions|cycles"
)
# A number with a unit, the first of two with a unit, and a number with a fraction.
_FIGURE = re.compile(
    rf"{_NUMBER}(?: ({_UNIT})(?!\w)|(?= to \d[\d,]*\.?\d* (?:{_UNIT})(?!\w)))"
    r"|(?<![\w.,*-])(-?\d[\d,]*\.\d+)(?![\w.]*\w)"
)
_CELL = re.compile(rf"{_NUMBER}")
_HEADING = re.compile(r"^([=~^\"'-])\1{2,}$")
_RULER = re.compile(r"^ *={3,}( +={3,})+$")
_MARKUP = re.compile(r" *\.\. (\S.*)$")
_OPTION = re.compile(r" *:[\w-]+:( |$)")
# Literals, roles, and the marks of bold text.
_LITERAL = re.compile(r":[\w:]+:`[^`]*`|``.*?``|`[^`]*`|\*\*", re.DOTALL)
# Comments, targets, and directives that contain no text.
_SKIPPED = re.compile(r"[^:\[]*:?$|_|(code-block|math|raw|toctree|include)::")


def sections(text, is_markdown=False):
    """Yield the text and the lines of comments about figures of each section."""
    split = _markdown_sections if is_markdown else _rst_sections
    for lines in split(text.splitlines()):
        blocks, comments = [], []
        (_read_markdown if is_markdown else _read_rst)(lines, blocks, comments)
        yield "\n".join(blocks), comments


def _markdown_sections(lines):
    starts = [i for i, line in enumerate(lines) if re.match("#+ ", line)]
    # Comments of code are no headings.
    fences = [i for i, line in enumerate(lines) if line.startswith("```")]
    inside = {
        i for a, b in zip(fences[::2], fences[1::2], strict=True) for i in range(a, b)
    }
    yield from _split(lines, [i for i in starts if i not in inside])


def _rst_sections(lines):
    starts = [
        i
        for i, (line, rule) in enumerate(pairwise(lines))
        if line and line[0] != " " and _HEADING.match(rule) and len(rule) >= len(line)
    ]
    yield from _split(lines, starts)


def _split(lines, starts):
    for start, end in pairwise([0, *starts, len(lines)]):
        yield lines[start:end]


def _read_markdown(lines, blocks, comments):
    """Sort lines of Markdown into text and comments about figures."""
    text = re.sub(r"```.*?```", "", "\n".join(lines), flags=re.DOTALL)
    for found in re.findall(r"<!-- figures:\n(.*?)-->", text, flags=re.DOTALL):
        comments.extend(found.splitlines())
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    blocks.extend(re.sub(r"`[^`]*`", "", text).splitlines())


def _read_rst(lines, blocks, comments):
    """Sort lines of reStructuredText into text and comments about figures."""
    kept, skipped, is_ours, is_doctest = [], None, False, False
    for line in lines:
        indent = len(line) - len(line.lstrip())
        is_doctest = bool(line.strip()) and (is_doctest or line.lstrip()[:3] == ">>>")
        if skipped is not None and line.strip() and indent <= skipped:
            skipped = None
        if skipped is not None:
            comments.extend([line] if is_ours and line.strip() else [])
        elif found := _MARKUP.match(line):
            if _SKIPPED.match(found[1]):
                skipped, is_ours = indent, found[1] == "figures:"
            elif footnote := re.match(r"\[.*?\] (.*)", found[1]):
                kept.append(footnote[1])
        elif not is_doctest and not _OPTION.match(line):
            kept.append(line)
            skipped = indent if line.endswith("::") else None
    text = _LITERAL.sub("", "\n".join(kept))
    blocks.extend(text.splitlines())


def figures_of(text):
    """Yield the number as it is written, and the unit or "", of each figure."""
    for lines, is_table in _tables(text.splitlines()):
        if is_table:
            for line in lines:
                for cell in re.split(r" {2,}", line.strip()):
                    if re.fullmatch(_CELL, cell):
                        yield cell, ""
                    else:
                        yield from _in_prose(cell)
        else:
            yield from _in_prose(" ".join(" ".join(lines).split()))


def _tables(lines):
    """Yield lines of prose and of cells of tables, and whether they are of a table."""
    prose, rulers = [], 0
    for line in lines:
        if _RULER.match(line):
            rulers = (rulers + 1) % 3
        elif rulers == 2:
            yield [line], True
        elif cell := re.fullmatch(r" *(?:\* )?- (-?[\d.,]+)", line):
            yield [cell[1]], True
        else:
            prose.append(line)
    yield prose, False


def _in_prose(text):
    for found in _FIGURE.finditer(text):
        yield found[1] or found[3], found[2] or ""
