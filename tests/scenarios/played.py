"""Scenarios that several tests look at after they were played."""

from pathlib import Path

from django.test import override_settings

from tests.lent import lent
from workflow.scenarios import Played, play, read_scenario

SCENARIOS = Path("docs/scenarios")


def played(name: str) -> list[Played]:
    """Play a scenario to its end; people are made up in demonstrations only."""
    with override_settings(DEBUG=True):
        return list(play(read_scenario(SCENARIOS / name)))


@lent
def cu_jut(country: None) -> None:
    """Play the acceptance round: four communes of Cư Jút in 2024."""
    played("cu-jut-2024.toml")


@lent
def local_standard(country: None) -> list[Played]:
    """Play a round beside a province's own standard."""
    return played("chuan-dia-phuong.toml")
