"""A command whose many options stand under headings in its help."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import click


class UnderHeading(click.Option):
    """An option that says under which heading it stands."""

    def __init__(self, *names: Any, heading: str, **settings: Any) -> None:  # noqa: ANN401 - click's own
        """Take what click takes, and the heading."""
        super().__init__(*names, **settings)
        self.heading = heading


class WithHeadings(click.Command):
    """A command that groups its options by their headings, in the order they have."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, those of a heading together."""
        options = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        for heading, group in groupby(options, key=_heading):
            with formatter.section(heading):
                formatter.write_dl(filter(None, (each.get_help_record(ctx) for each in group)))


def _heading(option: click.Option) -> str:
    return option.heading if isinstance(option, UnderHeading) else "Help"
