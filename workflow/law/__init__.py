"""docs/law.md, told from the packs: each article, what enforces it, which test proves it."""

from workflow.law.page import page

__all__ = ["page"]
