"""Formulas as MathML, which browsers draw themselves: no script, no network, and readable by screen readers."""

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml


def _mathml(node, as_block):
    tex = node.astext().replace(r"\dots", r"\ldots")  # the one command in use that docutils does not know
    return tex2mathml(tex, as_block=as_block)


def _inline(self, node):
    self.body.append(_mathml(node, as_block=False))
    raise nodes.SkipNode


def _block(self, node):
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(_mathml(node, as_block=True))
    self.body.append("</div>")
    raise nodes.SkipNode


def setup(app):
    """Register the renderer and choose it."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.config.html_math_renderer = "mathml"
    return {"parallel_read_safe": True}
