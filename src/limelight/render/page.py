"""A whole page in one file: nothing is fetched, only what it brings runs; a browser sees to it."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from limelight.render.markup import escaped

if TYPE_CHECKING:
    from collections.abc import Iterable


def document(
    title: str, styles: tuple[str, ...], body: Iterable[str], *, scripts: tuple[str, ...] = ()
) -> str:
    """Return an HTML document with these styles and scripts, and rules that allow nothing else.

    >>> document("Softmax", (), ["<p>…</p>"])[:15]
    '<!DOCTYPE html>'
    """
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(styles, scripts)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escaped(title)}</title>",
        *(f"<style>{style}</style>" for style in styles),
        "</head>",
        "<body>" if scripts else '<body class="limelight-worksheet">',
        *body,
        *(f"<script>{script}</script>" for script in scripts),
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(parts)


def _policy(styles: tuple[str, ...], scripts: tuple[str, ...]) -> str:
    """Return the rules by which a browser takes these styles and scripts and nothing else."""
    allowed = f"default-src 'none'; style-src {_digests(styles)}"
    if scripts:
        allowed += f"; script-src {_digests(scripts)}"
    return f"{allowed}; base-uri 'none'; form-action 'none'"


def _digests(texts: tuple[str, ...]) -> str:
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in texts)
    return " ".join(f"'sha256-{digest.decode()}'" for digest in hashes)
