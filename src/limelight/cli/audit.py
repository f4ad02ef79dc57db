"""limelight audit: hold every tensor that code has dumped against those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

SETTINGS = {
    "heads": "Query heads, where no tensor has an axis of heads.",
    "kv_heads": "Heads of keys and values.",
    "scale": "What scores are multiplied by, if not 1/√d_k.",
    "softcap": "c of c·tanh(score/c).",
    "causal": "top-left, bottom-right, or true where the alignment is not known.",
    "window": "LEFT,RIGHT: how many keys a query sees before and after its own, such as 128,0.",
    "alibi": "true where scores have linear biases.",
    "rope_theta": "The base of rotary embedding, such as 10000.",
    "rope_dims": "How many features of a head are rotated.",
    "rope_interleaved": "true where neighbouring features are a pair, not those of two halves.",
    "rope_factor": "What positions are divided by.",
    "rope_offset": "The position of the first query.",
    "norm_epsilon": "Of the norm of queries and keys.",
    "norm_offset": "What is added to its gain.",
    "d_model": "Features of a token.",
    "dtype": "What it was computed in, where that is coarser than what is stored.",
}
"""The settings of a dump and what each is, in a few words: the fields of `Setup`."""

AUDIT_FORMATS = ("text", "json")


def _with_settings(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command an option for each setting."""
    for name, says in reversed(SETTINGS.items()):
        option = click.option(f"--{name.replace('_', '-')}", name, metavar="VALUE", help=says)
        command = option(command)
    return command


@click.command()
@click.argument("dump", metavar="DUMP")
@_with_settings
@click.option(
    "--format",
    "form",
    type=click.Choice(AUDIT_FORMATS),
    default="text",
    show_default=True,
    help="How what is said is written.",
)
def audit(dump: str, form: str, **settings: Any) -> int:  # noqa: ANN401 - click passes them by name
    """Audit DUMP: which tensor is the first wrong one, and what causes it.

    DUMP is a file of tensors by name, .safetensors or .npz: any of x, q, k, v, scores, scaled,
    masked, weights, heads, output and others. docs/auditing.md lists them. Settings are those of
    the file unless options say otherwise.

    The exit status is 0 where nothing is wrong, 1 where a tensor is, 2 where the dump cannot be
    read.
    """
    from limelight.cli.audit_answer import audit_one  # noqa: PLC0415 - not for --help

    return audit_one(
        dump, form, {name: text for name, text in settings.items() if text is not None}
    )
