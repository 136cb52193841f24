"""What became of the mutants of a specification, counted by machine, by operator and by property."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rolecycle.deadline import Reason
from rolecycle.diagnostics import Diagnostic
from rolecycle.mutation.judge_mutant import MutantResult
from rolecycle.mutation.mutant import Mutant


@dataclass(frozen=True, slots=True)
class Score:
    """How many mutants there are, and what became of them; those that are invalid are not counted among them."""

    killed: int = 0
    equivalent: int = 0
    excused: int = 0
    survivors: int = 0
    unknown: int = 0
    invalid: int = 0

    @property
    def mutants(self) -> int:
        """All that could be judged."""
        return self.killed + self.equivalent + self.excused + self.survivors + self.unknown

    @property
    def percent(self) -> float | None:
        """The killed among those that are known not to be equivalent; none where there are none."""
        judged = self.killed + self.excused + self.survivors
        return 100 * self.killed / judged if judged else None


@dataclass(frozen=True, slots=True)
class MutationResult:
    """The results of all selected mutants, in the order of the specification.

    ``excuses``: by id why a survivor is allowed.  ``properties``: those that the runs may judge.  ``limit``: what ended
    the work early, if anything.
    """

    results: tuple[MutantResult, ...]
    excuses: Mapping[str, str] = field(default_factory=dict)
    properties: tuple[str, ...] = ()
    limit: Reason = ""
    findings: tuple[Diagnostic, ...] = ()

    @property
    def survivors(self) -> tuple[MutantResult, ...]:
        """Those that nothing noticed and nothing excuses."""
        return tuple(r for r in self.results if self._outcome(r) == "survivors")

    @property
    def score(self) -> Score:
        """The score of all."""
        return self._score(self.results)

    def scores(self, by: Callable[[Mutant], str]) -> dict[str, Score]:
        """The score of each group, such as the mutants of a machine."""
        groups: dict[str, list[MutantResult]] = {}
        for result in self.results:
            groups.setdefault(by(result.mutant), []).append(result)
        return {name: self._score(found) for name, found in groups.items()}

    @property
    def load_bearing(self) -> dict[str, int]:
        """The properties that were alone in noticing a mutant, in the run that killed it, with how many these are."""
        alone = (r.kills[0].property for r in self.results if len(r.kills) == 1)
        return dict(Counter(alone).most_common())

    @property
    def idle(self) -> tuple[str, ...]:
        """The properties that killed nothing: perhaps because another run came first."""
        killers = {kill.property for r in self.results for kill in r.kills}
        return tuple(p for p in self.properties if p not in killers)

    @property
    def exit_code(self) -> int:
        """0 nothing survives, 1 something does, 3 a limit left something unknown."""
        if self.survivors:
            return 1
        return 3 if self.limit or self.score.unknown else 0

    def _score(self, results: tuple[MutantResult, ...] | list[MutantResult]) -> Score:
        return Score(**Counter(self._outcome(result) for result in results))

    def _outcome(self, result: MutantResult) -> str:
        if result.outcome == "survivor":
            return "excused" if result.mutant.id in self.excuses else "survivors"
        return result.outcome
