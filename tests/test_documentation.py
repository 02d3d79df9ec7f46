"""The documentation's code runs as a reader would run it, and its commands are commands that there are.

Executed pages (``{code-cell}``) run when the site is built; here run the plain blocks of README.md and docs/.
"""

import re
import shlex
from pathlib import Path
from unittest import mock

import matplotlib.pyplot as plt
import pytest
import typer.main

import qcoll
from qcoll.cli import app
from qcoll.compile.levels import LEVELS
from qcoll.depth import COMPILERS, MODELS, TARGETS
from qcoll.hardware.service.providers import OPENERS

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: Blocks after such a comment need what a test has not: ``<!-- not run: needs a Slurm cluster -->``.
BLOCK = re.compile(r"^(<!-- not run: .*-->\n\n?)?```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
TOML = re.compile(r"^```toml\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^\s*(?:\$ |\* `)(qcoll [^`]+)(?:`.*)?$")

pytestmark = pytest.mark.skipif(not PAGES[0].exists(), reason="the documentation is not part of this copy")


def blocks(page):
    """The page's Python blocks, each with the number of lines before it."""
    text = page.read_text(encoding="utf-8")
    return [(text[: found.start(2)].count("\n"), found[2]) for found in BLOCK.finditer(text) if not found[1]]


def commands(text):
    """Lines of a page or of a help text that are calls of qcoll."""
    return [found[1] for line in re.sub(r"\\\n\s*", " ", text).splitlines() if (found := COMMAND.match(line))]


WITH_CODE = [page for page in PAGES if blocks(page)]


@pytest.mark.parametrize("page", WITH_CODE, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_blocks_of_a_page_run_in_order(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for registry in (MODELS, TARGETS, COMPILERS):  # what a page registers is its own
        monkeypatch.setattr(registry, "_entries", dict(registry._entries))
    with mock.patch.dict(LEVELS), mock.patch.dict(OPENERS):
        run_page(page)


def run_page(page):
    plt.switch_backend("agg")
    namespace = {"__name__": "__main__"}
    for lines, block in blocks(page):
        exec(compile("\n" * lines + block, str(page), "exec"), namespace)  # line numbers of a failure are the page's
    plt.close("all")


def test_model_files_of_the_pages_are_model_files(tmp_path):
    """Every block of TOML that has an interaction, or strokes, and is no study."""
    texts = [text for page in PAGES for text in TOML.findall(page.read_text(encoding="utf-8"))]
    whole = [text for text in texts if "\n[interaction]" in text or text.count("[[stroke]]") > 1]
    assert len(whole) >= 3
    for number, text in enumerate(whole):
        path = tmp_path / f"{number}.toml"
        path.write_text(text, encoding="utf-8")
        qcoll.load_model(path)


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/how-to/extend.md"])
def test_files_that_are_named_are_there(page):
    """Paths in code style, from the repository's root or from qcoll/; ``*`` and the like stand for several."""
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[\w*.-]+/)+[\w*.-]*)`", text))
    named = {name for name in named if name.split("/")[0] not in (".ci", "findings")}  # not in the sdist
    assert len(named) > 10
    missing = [name for name in named if not [*ROOT.glob(name), *(ROOT / "qcoll").glob(name)]]
    assert not missing


def test_pages_with_code_are_found():
    names = {page.name for page in WITH_CODE}
    assert {"README.md", "hardware.md", "own-model.md", "ancillas.md"} <= names


def test_commands_are_commands_that_there_are():
    """Every call of qcoll in the pages and in the help texts has options that exist, and the arguments it needs."""
    group = typer.main.get_command(app)
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    texts += [command.help or "" for command in group.commands.values()]
    found = sorted({call for text in texts for call in commands(text)})
    assert len(found) > 30
    for call in found:
        name, *arguments = shlex.split(call, comments=True)[1:]
        group.commands[name].make_context(name, arguments)


def test_short_help_is_there_for_every_command():
    group = typer.main.get_command(app)
    for name, command in group.commands.items():
        context = command.make_context(name, [], parent=group.make_context("qcoll", [name]), resilient_parsing=True)
        assert "-h" in command.get_help_option(context).opts
