"""A review written as TOML, played through the acts: for demonstrations, training, acceptance."""

from workflow.scenarios.playing import Played, Surprise, play
from workflow.scenarios.reading import Scenario, ScenarioError, Step, read_scenario

__all__ = ["Played", "Scenario", "ScenarioError", "Step", "Surprise", "play", "read_scenario"]
