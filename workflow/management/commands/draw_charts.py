"""Draw the charts of the procedure, as pictures and as BPMN."""

from pathlib import Path
from textwrap import wrap
from typing import Any

import viewflow
from django.core.management.base import BaseCommand, CommandParser
from django.template import Library
from django.template.backends.django import DjangoTemplates
from django.utils.encoding import force_str
from django.utils.translation import gettext as _
from viewflow.workflow import chart, nodes

from workflow.flows import (
    AdHocRoundFlow,
    IncomeRoundFlow,
    IncomeVillageFlow,
    RoundFlow,
    TermFlow,
    VillageReviewFlow,
)
from workflow.management.doors import CommandDoor, Runs
from workflow.pages.doors import On

DRAWINGS = {
    "village-review": VillageReviewFlow,
    "round": RoundFlow,
    "round-of-a-month": AdHocRoundFlow,
    "village-incomes": IncomeVillageFlow,
    "round-of-incomes": IncomeRoundFlow,
    "term": TermFlow,
}
# viewflow's drawings are templates of its page application, which is not installed.
TEMPLATES = DjangoTemplates(
    {
        "NAME": "charts",
        "DIRS": [Path(viewflow.__file__).parent / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {},
    }
)

# viewflow writes The First Line Like This; Vietnamese does not.
_as_it_is = Library()
_as_it_is.filter("title", lambda text: text)
TEMPLATES.engine.template_builtins.append(_as_it_is)


class Command(BaseCommand):
    door = CommandDoor(Runs.DEVELOPER, reads=On.NATION)
    help = "Write an SVG and a BPMN file of each chart into a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        chart.get_template = TEMPLATES.get_template
        folder.mkdir(parents=True, exist_ok=True)
        for name, flow in DRAWINGS.items():
            grid = chart.calc_layout_data(flow)
            _write_captions(grid)
            (folder / f"{name}.svg").write_text(chart.grid_to_svg(grid), encoding="utf-8")
            # BPMN editors draw arrows from border to border.
            grid = chart.calc_layout_data(flow, edge_start_gap_size=0, edge_end_gap_size=0)
            (folder / f"{name}.bpmn").write_text(chart.grid_to_bpmn(grid), encoding="utf-8")
            self.stdout.write(f"{folder / name}.svg, .bpmn")


def _write_captions(grid: Any) -> None:
    """Write the question above a gateway, its answer beside the way back, and what the end means."""
    answers = {"yes": _("có"), "no": _("không")}
    for edge in grid.edges:
        (_x, start), (_x, end) = edge.segments[:2]
        # The straight way on is too short for a word; the other answer is enough.
        edge.label = answers.get(edge.label) if start != end else None
    for cell in grid.cells:
        title = force_str(cell.node.task_title)
        if isinstance(cell.node, nodes.If):
            ways = {_way(edge) for edge in grid.edges if edge.src is cell.node}
            cell.shape.text += _question(wrap(title, 18), ways)
        elif isinstance(cell.node, nodes.End):
            cell.shape.text.append((title, "align-middle", 12, 105, 25))
    grid.width += 80


def _way(edge: Any) -> str:
    """Return where an arrow leaves its gateway."""
    (_x, start), (_x, end) = edge.segments[:2]
    return "on" if start == end else "up" if end < start else "down"


def _question(lines: list[str], ways: set[str]) -> list[tuple[str, str, int, int, int]]:
    """Return the lines of a question, written where no arrow leaves the gateway."""
    if "up" not in ways:
        x, first = 25, -32 - 14 * (len(lines) - 1)
    elif "down" not in ways:
        x, first = 25, 72
    else:
        x, first = 115, 25 - 7 * (len(lines) - 1)
    return [(line, "align-middle", 12, x, first + 14 * n) for n, line in enumerate(lines)]
