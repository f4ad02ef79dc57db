"""Every problem of a file, collected before anything is refused."""

from __future__ import annotations

from dataclasses import dataclass, field

from limelight.errors import FileError

MAX_PROBLEMS = 20
"""The most problems that one message lists."""


@dataclass(slots=True)
class Problems:
    """What is wrong with a file, each with its path in it.

    Attributes:
        origin: What the file is called.
        kind: What it ought to be.
        document: Where the rules stand.
    """

    origin: str
    kind: str = "exercise file"
    document: str = "docs/FORMAT.md"
    found: dict[str, str] = field(default_factory=dict)

    def add(self, path: str, sentence: str) -> None:
        """Note a problem; the first of a place is the one to mend first."""
        shown = path if path.isprintable() else repr(path)
        self.found.setdefault(shown, " ".join(sentence.split()))

    def refuse(self) -> None:
        """Raise everything that was found, if anything was.

        Raises:
            FileError: With every problem, up to `MAX_PROBLEMS`.
        """
        if not self.found:
            return
        shown = [f"  {path}: {said}" for path, said in self.found.items()][:MAX_PROBLEMS]
        if more := len(self.found) - MAX_PROBLEMS:
            shown += [f"  … and {more} more."] if more > 0 else []
        count = "a problem" if len(self.found) == 1 else f"{len(self.found)} problems"
        raise FileError(
            "\n".join(
                [
                    f"{self.origin} is not a usable {self.kind}: it has {count}.",
                    *shown,
                    f"  {self.document} says what {self._a_kind} holds; correct it and try again.",
                ]
            )
        )

    @property
    def _a_kind(self) -> str:
        return f"an {self.kind}" if self.kind[0] in "aeiou" else f"a {self.kind}"
