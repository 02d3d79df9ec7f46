"""Kets in docstrings: ``|0>`` in running text is no substitution of reStructuredText."""

import re

_KET = re.compile(r"(?<![`\\|\w])\|(?=[\w+\-,. ]{1,12}>)")


def _escape(app, what, name, obj, options, lines):
    for number, line in enumerate(lines):
        parts = line.split("``")
        lines[number] = "``".join(
            _KET.sub(r"\\|", part) if index % 2 == 0 else part for index, part in enumerate(parts)
        )


def setup(app):
    """Run on every docstring, before its sections are read."""
    app.connect("autodoc-process-docstring", _escape, priority=100)
    return {"parallel_read_safe": True}
