"""A whole page in one file: nothing is fetched, nothing runs, and a browser sees to that."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from limelight.render.markup import escaped

if TYPE_CHECKING:
    from collections.abc import Iterable


def document(title: str, styles: tuple[str, ...], body: Iterable[str]) -> str:
    """Return an HTML document with these styles, and rules that allow nothing else.

    >>> document("Softmax", (), ["<p>…</p>"])[:15]
    '<!DOCTYPE html>'
    """
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(styles)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escaped(title)}</title>",
        *(f"<style>{style}</style>" for style in styles),
        "</head>",
        '<body class="limelight-worksheet">',
        *body,
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(parts)


def _policy(styles: tuple[str, ...]) -> str:
    """Return the rules by which a browser takes these styles and nothing else."""
    digests = (base64.b64encode(hashlib.sha256(style.encode()).digest()) for style in styles)
    allowed = " ".join(f"'sha256-{digest.decode()}'" for digest in digests)
    return f"default-src 'none'; style-src {allowed}; base-uri 'none'; form-action 'none'"
