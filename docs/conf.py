"""How the documentation is built: strictly (``sphinx -W``), and without the network."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from generate import write_generated  # noqa: E402

import loligo  # noqa: E402

project = "loligo"
author = "The loligo developers"
copyright = author  # noqa: A001
version = release = loligo.__version__

extensions = [
    "sphinx.ext.apidoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx.ext.napoleon",
    "myst_parser",
]
exclude_patterns = ["_build", "_generated"]
default_role = "py:obj"
add_module_names = False
smartquotes = False
# `start` in a docstring may be a parameter's name that several classes have too; not worth a link.
suppress_warnings = ["ref.python"]

html_theme = "furo"
html_title = f"loligo {version}"
html_static_path: list[str] = []

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

apidoc_modules = [
    {
        "path": "../src/loligo",
        "destination": "api",
        "separate_modules": False,
        "module_first": True,
    }
]
apidoc_max_depth = 2
# A name is documented where it is defined, not again where a package passes it on.
autodoc_default_options = {"ignore-module-all": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
doctest_test_doctest_blocks = ""  # examples in docstrings are run by the test suite
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

write_generated(HERE / "_generated")
