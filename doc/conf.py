# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""How the documentation is built: ``python -m sphinx -W doc doc/_build/html``.

Nothing of Sphinx is imported here, so that test collection may import this file. The
network is not needed. With ``SKBIT_DOC_INTERSPHINX=1`` in the environment, names of
other packages become links to their manuals.
"""

import os
import sys
import warnings
from pathlib import Path

import skbit

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

project = "skbit"
author = "The skbit developers"
copyright = author
release = version = skbit.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "numpydoc",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "_templates", "changes", "auto_examples/**/*.ipynb"]
default_role = "literal"

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_css_files = ["skbit.css"]
html_math_renderer = "mathml"
toc_object_entries_show_parents = "hide"
html_title = "skbit"
html_favicon = "_static/logo.svg"
html_show_sourcelink = False
html_theme_options = {
    "logo": {
        "image_light": "_static/logo.svg",
        "image_dark": "_static/logo.svg",
        "text": "skbit",
    },
    "show_prev_next": False,
    "navigation_with_keys": False,
    "navbar_start": ["navbar-logo", "version"],
    "navbar_end": ["source", "theme-switcher"],
    "secondary_sidebar_items": {
        "**": ["page-toc"],
        "index": [],
        "auto_examples/index": [],
        "parameters": [],
    },
    "header_links_before_dropdown": 6,
    "footer_start": ["copyright"],
    "footer_end": ["license"],
}
html_sidebars = {
    page: [] for page in ("index", "quickstart", "glossary", "citing", "parameters")
}

autosummary_generate = True
# The docstrings tell the types, in fewer words than annotations do.
autodoc_typehints = "none"
autodoc_preserve_defaults = True
# The template decides which members a class's page has.
numpydoc_show_class_members = False

if os.environ.get("SKBIT_DOC_INTERSPHINX") == "1":
    extensions.append("sphinx.ext.intersphinx")
intersphinx_mapping = {
    "python": ("https://docs.python.org/3", None),
    "numpy": ("https://numpy.org/doc/stable", None),
    "scipy": ("https://docs.scipy.org/doc/scipy", None),
    "sklearn": ("https://scikit-learn.org/stable", None),
}
intersphinx_timeout = 10

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"[\\/]plot_",
    "ignore_pattern": r"[\\/](reproduce[\\/]|__init__\.py)",
    "subsection_order": [
        f"../examples/{section}" for section in ("basics", "estimators", "deployment")
    ],
    "within_subsection_order": "ExampleTitleSortKey",
    "nested_sections": False,
    "download_all_examples": False,
    "image_srcset": ["2x"],
    "thumbnail_size": (500, 310),
    "show_signature": False,
    "show_memory": False,
    "write_computation_times": False,
    "plot_gallery": True,
    "min_reported_time": 1,
    "reference_url": {"skbit": None},
    "doc_module": ("skbit",),
    "backreferences_dir": "generated/backreferences",
}

# As in the tests, an example that warns is an example that fails.
warnings.filterwarnings("error", module="skbit")


def keep_own_members(app, what, name, obj, skip, options):
    """Leave out what others write: methods of scikit-learn, fields of named tuples."""
    module = getattr(obj, "__module__", None) or ""
    is_field = str(getattr(obj, "__doc__", "")).startswith("Alias for field number")
    return skip or is_field or (callable(obj) and not module.startswith("skbit"))


def join_initials(app, doctree):
    """Read "A. Otto" at the start of a reference as a name, and not as a list."""
    from docutils import nodes

    for listed in reversed(list(doctree.findall(nodes.enumerated_list))):
        if len(listed) > 1 or not listed["enumtype"].startswith("upper"):
            continue
        is_roman = listed["enumtype"] == "upperroman"
        initial = "I" if is_roman else chr(ord("A") + listed.get("start", 1) - 1)
        reference = listed[0][0]
        reference.insert(0, nodes.Text(f"{initial}. "))
        listed.replace_self(reference)


def write_inline_math(translator, node):
    """Write MathML, which browsers render by themselves, without a script."""
    write_math(translator, node, as_block=False)


def write_math(translator, node, as_block=True):
    """Write MathML, which browsers render by themselves, without a script."""
    from docutils import nodes
    from docutils.utils.math import latex2mathml

    translator.body.append(latex2mathml.tex2mathml(node.astext(), as_block))
    raise nodes.SkipNode


def write_reproduction(app):
    """Turn the record of measurements to the pages that show it."""
    from examples.reproduce import open_questions_page, page, page_tables

    parts = {
        "reproduction": page,
        "open_questions": open_questions_page,
        "tables": page_tables,
    }
    for name, part in parts.items():
        folder = Path(app.srcdir) / "generated" / name
        part.build(ROOT / "doc" / "reproduction.jsonl", folder)


def write_parameters(app):
    """Make the tables of parameters from the code."""
    from doc import parameter_tables

    parameter_tables.write(Path(app.srcdir) / "generated" / "parameters")


def draw_pictures(app):
    """Draw the pictures of the landing page and of the user guide."""
    from doc import guide_pictures, tiles

    for part in (tiles, guide_pictures):
        part.draw(Path(app.srcdir) / "generated" / "pictures")


def cut_thumbnails(app):
    """Show one panel of a figure in the gallery, after the examples have run."""
    from doc import thumbnails

    thumbnails.cut(Path(app.srcdir) / "auto_examples")


def setup(app):
    """Register what Sphinx calls while it builds."""
    app.add_html_math_renderer("mathml", (write_inline_math, None), (write_math, None))
    app.connect("autodoc-skip-member", keep_own_members)
    app.connect("doctree-read", join_initials)
    app.connect("builder-inited", write_reproduction)
    app.connect("builder-inited", write_parameters)
    app.connect("builder-inited", draw_pictures)
    app.connect("builder-inited", cut_thumbnails, priority=900)
