"""limelight audit: hold what code has dumped, or a function, against what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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

CALLING = {
    "seed": "What inputs are drawn from.",
    "adapter": "How it is called: limelight, torch-sdpa, torch-module, jax, transformers, "
    "onnx or plain.",
    "arrays": "Whose arrays it takes: numpy, torch or jax.",
    "layout": "Of a plain function: 'heads first', 'tokens first' or 'one head'.",
    "masks": "Of a plain function: bool, infinite, finite or both.",
    "polarity": "What True says in a mask of a plain function: attends or hides.",
}
"""What may be said of a function, and what each is: the options of `audit_function`."""

AUDIT_FORMATS = ("text", "json")


def _with_settings(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command an option for each setting of a dump, and for what is said of a function."""
    for name, says in reversed((SETTINGS | CALLING).items()):
        option = click.option(f"--{name.replace('_', '-')}", name, metavar="VALUE", help=says)
        command = option(command)
    return command


@click.command()
@click.argument("subject", metavar="DUMP|MODULE:FUNCTION")
@_with_settings
@click.option(
    "--feature",
    "features",
    multiple=True,
    metavar="NAME",
    help="A configuration to try a function on; all of them if none is named.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(AUDIT_FORMATS),
    default="text",
    show_default=True,
    help="How what is said is written.",
)
def audit(subject: str, form: str, features: tuple[str, ...], **settings: Any) -> int:  # noqa: ANN401 - click passes them by name
    """Audit a dump of attention, or a function that computes it: what is wrong, and why.

    DUMP is a file of tensors by name, .safetensors or .npz: any of x, q, k, v, scores, scaled,
    masked, weights, heads, output and others. docs/auditing.md lists them. Settings are those of
    the file unless options say otherwise.

    MODULE:FUNCTION is imported, from the current folder too, and tried on awkward
    configurations; docs/auditing-functions.md has them. --feature, --seed, --adapter, --arrays,
    --layout, --masks and --polarity are for it, all other options for a dump.

    The exit status is 0 where nothing is wrong, 1 where something is, 2 where it cannot be
    audited.
    """
    from limelight.cli.audit_answer import audit_one  # noqa: PLC0415 - not for --help
    from limelight.cli.audit_function import audit_named, names_function  # noqa: PLC0415

    given = {name: text for name, text in settings.items() if text is not None}
    if names_function(subject):
        _refuse_others(given, SETTINGS, "a dump")
        return audit_named(subject, given, features, as_json=form == "json")
    named = [*given, *(["feature"] if features else [])]
    _refuse_others(named, [*CALLING, "feature"], "a function")
    return audit_one(subject, form, given)


def _refuse_others(given: Iterable[str], others: Iterable[str], what: str) -> None:
    """Refuse options that are for the other kind of subject.

    Raises:
        click.UsageError: There are some.
    """
    wrong = [f"--{name.replace('_', '-')}" for name in given if name in others]
    if wrong:
        message = f"{', '.join(wrong)}: such options are for {what}."
        raise click.UsageError(message)
