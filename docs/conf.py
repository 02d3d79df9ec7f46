"""The documentation as a site: ``sphinx-build -W docs docs/_build``."""

import logging
import sys
from pathlib import Path

import qcoll

sys.path.insert(0, str(Path(__file__).parent / "site_extensions"))

logging.getLogger("qiskit").setLevel(logging.WARNING)  # Sphinx sets the root logger to all there is

project = "qcoll"
author = "the qcoll developers"
copyright = "the qcoll developers, Apache-2.0"
release = qcoll.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "myst_nb",
    "sphinx_copybutton",
    "mathml",
    "kets",
]
html_theme = "furo"
html_title = "qcoll"
html_static_path = ["static"]
html_css_files = ["qcoll.css"]
exclude_patterns = ["_build", "site_extensions", "figures", "images"]
suppress_warnings = ["myst.xref_missing"]  # docstrings name private modules that have no page

myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_google_docstring = True
napoleon_numpy_docstring = False

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
