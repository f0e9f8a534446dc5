"""What is wrong with a file, as people are told of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """One problem of a file in the reader's language."""

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.reason}"
