"""Error messages in the words of the command line: the library speaks of arguments, a user typed options."""

from __future__ import annotations

import re

#: Arguments whose options have other names.
OPTIONS = {
    "trotter_order": "--order",
    "trotter_steps": "--steps",
    "quantities": "--quantity",
    "max_execution_time": "--max-seconds",
    "noise_factors": "--noise-factors",
    "dynamical_decoupling": "--decoupling",
    "gate_twirling": "--twirling",
    "shorter_resets": "--shorter-resets",
}
#: Arguments that are options of the same name.
SAME = (
    "ancillas", "synthesis", "preparation", "keep", "correction", "draws", "shots", "record", "initial", "noise",
    "merge", "readout", "zne", "again", "seed",
)  # fmt: skip

_ASSIGNMENT = re.compile(
    r"(?<![\w.-])(?P<name>" + "|".join((*OPTIONS, *SAME)) + r")="
    r"(?P<value>True|\"[^\"]*\"|'[^']*'|\[(?:\"[^\"]*\"|'[^']*')\])?"
    r"(?P<others>(?:,? or \"\w+\")*)"
)
_ALONE = re.compile(r"(?<![\w-])(?P<name>" + "|".join(OPTIONS) + r")(?![\w=])")
_BRACKETED = re.compile(r" ?\((--[a-z-]+)\)")


def in_options(message: str) -> str:
    """A message of the library with options in place of keyword arguments.

    >>> in_options('trotter_order is 3, but must be one of 1, 2: or compile with synthesis="exact"')
    '--order is 3, but must be one of 1, 2: or compile with --synthesis exact'
    >>> in_options('use synthesis="trotter" or "exact"')
    'use --synthesis trotter or exact'
    >>> in_options("submit it once more with again=True (--again)")
    'submit it once more with --again'
    """
    told = _ASSIGNMENT.sub(_option, message)
    told = _ALONE.sub(lambda match: OPTIONS[match["name"]], told)
    return _BRACKETED.sub(lambda match: "" if match[1] in told[: match.start()] else match[0], told)


def _option(match: re.Match[str]) -> str:
    name = OPTIONS.get(match["name"], f"--{match['name']}")
    value = match["value"]
    others = match["others"].replace('"', "")
    if value is None or value == "True":
        return name + others
    word = value.strip("[]").strip("\"'")
    return (f'{name} "{word}"' if " " in word else f"{name} {word}") + others
