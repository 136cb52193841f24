"""The simulator and the model, in lockstep."""

from pathlib import Path

from simulator import Simulator

import rolecycle
from rolecycle.testing import RolecycleStateMachine, system

SPEC = rolecycle.load(Path(__file__).parent / "spec")


class InLockstep(RolecycleStateMachine):
    system = system(SPEC, "instance", "any")

    def __init__(self):
        super().__init__()
        self.simulator = Simulator()

    def apply(self, event):
        _, _, action = event.partition(".")
        getattr(self.simulator, action)()

    def observe(self):
        return {
            "role_host": self.simulator.status,
            "load_balancer": "In" if self.simulator.in_rotation else "Out",
        }


TestSimulator = InLockstep.TestCase
