"""Random specifications, nastier than usual and with small spaces.

A specification is made from the inside out. Each system has events and machines of its own, families of 0 to 5
copies, and up to two levels below it whose labels it reads and whose shown events its machines share."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

Files = dict[str, Any]
WHY = {"assumption": "Made up."}
KINDS = ["platform", "platform", "platform", "user", "code", "fault", "time"]


@dataclass
class Readable:
    """What a guard may name with these values: one machine or system outside the families, or the copies of a
    family."""

    name: str
    values: list[str]
    family: str | None = None
    copies: int = 1


@dataclass
class Plan:
    """A system in the making."""

    name: str
    readable: list[Readable] = field(default_factory=list)
    events: dict[str, str | None] = field(default_factory=dict)
    """Its events, each with the family that indexes it."""
    shows: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    views: list[str] = field(default_factory=list)
    parameters: dict[str, list[str]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    machines: list[str] = field(default_factory=list)


class Maker:
    """Makes one specification from the numbers of a seed."""

    def __init__(self, seed: int, timed: bool = False) -> None:
        self.random = Random(seed)
        self.timed = timed
        self.files: Files = {"events.yaml": {"actors": {"env": "Everybody else."}, "sets": {}, "events": {}}}
        self.files["facts.yaml"] = {"sources": {}, "facts": {}}
        self.plans: list[Plan] = []
        self.states = 1

    def odds(self, chance: float) -> bool:
        """Whether something of this chance comes to pass."""
        return self.random.random() < chance

    def make(self) -> Files:
        """Return the files of a specification."""
        depth = 1 if self.timed else self.random.choice([1, 1, 1, 2, 2, 3])
        for number in range(depth):
            self.system(f"s{number}", self.plans[-1:] if number else [])
        if self.timed:
            lengths = {"short": {"value": self.random.choice(["10 s", "20 s"]), "meaning": "Short.", **WHY}}
            self.files["durations.yaml"] = {"durations": lengths}
        self.sets()
        self.variant()
        for number in range(self.random.choice([1, 2])):
            self.scenario(f"c{number}")
        self.properties()
        return self.files

    # Systems

    def system(self, name: str, below: list[Plan]) -> None:
        """Make a system with machines of its own, and with copies of those below."""
        plan = Plan(name)
        self.plans.append(plan)
        written: dict[str, Any] = {"system": name, "title": f"System {name}", "suite": True, "members": []}
        written["families"] = {}
        self.files[f"systems/{name}.yaml"] = written
        if self.odds(0.4):
            values = ["a", "b", "c"][: self.random.choice([2, 3])]
            plan.parameters["par"] = values
            written["parameters"] = {
                "par": {"values": values, "default": self.random.choice(values), "meaning": "A choice."}
            }
        for lower in below:
            self.place_system(plan, written, lower)
        self.events(plan)
        self.machines(plan, written)
        self.definitions(plan, written)
        plan.shows = [e for e in plan.events if self.odds(0.5)]
        if plan.shows:
            written["shows"] = list(plan.shows)
            if self.odds(0.35):
                written["open"] = True

    def place_system(self, plan: Plan, written: dict[str, Any], lower: Plan) -> None:
        """Put a system below another: as one member, or as a family."""
        faults = [e for e in lower.events if self.files["events.yaml"]["events"][e]["kind"] == "fault"]
        seen = [*lower.shows, *(e for e in faults if e not in lower.shows)]
        if self.odds(0.5):
            written["members"].append(lower.name)
            plan.events |= dict.fromkeys(seen)
            plan.readable.append(Readable(lower.name, lower.labels))
            return
        count = self.random.choice([0, 1, 2, 2, 3])
        family = f"f_{plan.name}_{lower.name}"
        written["families"][family] = (
            [{"of": lower.name, "count": count}] if count and self.odds(0.5) else [lower.name] * count
        )
        plan.events |= dict.fromkeys(seen, family)
        plan.sizes[family] = count
        plan.readable.append(Readable(lower.name, lower.labels, family, count))

    def events(self, plan: Plan) -> None:
        """Make the events of a system; who sends them is seen to when there are machines."""
        for number in range(self.random.randint(2, 5)):
            plan.events[f"env.{plan.name}_e{number}"] = None
            kind = self.random.choice(KINDS)
            event: dict[str, Any] = {"kind": kind, "meaning": "Something happens."}
            if kind == "code" and self.odds(0.5):
                event["unhealthy"] = True
            if kind in ("platform", "time", "code") and self.odds(0.35):
                event["fairness"] = self.random.choice(["weak", "strong", "strong", "none"])
            self.files["events.yaml"]["events"][f"env.{plan.name}_e{number}"] = event

    def machines(self, plan: Plan, written: dict[str, Any]) -> None:
        """Make machines outside the families, and families of machines."""
        homes: list[str | None] = self.random.choice(
            [[None], [None, None], ["f"], [None, "f"], ["f", "g"], [None, "f", "g"]]
        )
        for number, home in enumerate(homes):
            name, family = f"{plan.name}_m{number}", home and f"{home}_{plan.name}"
            states = [f"S{n}" for n in range(self.random.choice([1, 2, 2, 2, 3]))]
            count = self.random.choice([0, 1, 2, 2, 2, 3, 3, 4, 5]) if family else 1
            while len(states) ** count > 40:
                count -= 1
            plan.machines.append(name)
            plan.readable.append(Readable(name, [*states, "G"], family, count))
            self.files[f"machines/{name}.yaml"] = {
                "machine": name,
                "title": f"Machine {name}",
                "initial": states[0],
                "states": states,
                "groups": {"G": self.random.sample(states, self.random.randint(1, len(states)))},
                "transitions": [],
            }
            if family:
                plan.sizes[family] = count
                written["families"][family] = [name] * count
            else:
                written["members"].append(name)
        self.indices(plan)
        for thing in [r for r in plan.readable if r.name in plan.machines]:
            self.rows(plan, thing)
            self.extension(plan, written, thing)
        self.conditional(plan, written)

    def indices(self, plan: Plan) -> None:
        """Say which family indexes an event, and for which families it is collective."""
        families = [f for f in plan.sizes if not f.startswith(f"f_{plan.name}_")]
        for event, family in plan.events.items():
            written = self.files["events.yaml"]["events"][event]
            if family is None and families and self.odds(0.7):
                plan.events[event] = self.random.choice(families)
            together = [f for f in plan.sizes if f != plan.events[event] and self.odds(0.25)]
            if together:
                written["all"] = [*written.get("all", []), *together]
            if event.split(".")[1].startswith(plan.name):
                written["sender"] = self.random.choice(["env", "env", "env", *plan.machines])

    def rows(self, plan: Plan, thing: Readable) -> None:
        """Make the rows of a machine for some of the events that it may have."""
        machine = self.files[f"machines/{thing.name}.yaml"]
        for event, family in plan.events.items():
            written = self.files["events.yaml"]["events"][event]
            fits = thing.family is None or thing.family == family or thing.family in written.get("all", [])
            if fits and self.odds(0.6):
                machine["transitions"] += self.rows_of(plan, thing, machine["states"], event)
        if not machine["transitions"]:
            del machine["transitions"]

    def rows_of(self, plan: Plan, thing: Readable, states: list[str], event: str) -> list[dict[str, Any]]:
        """Make one to three rows for an event."""
        mode = {"mode": "may"} if self.odds(0.35) else {}
        made = []
        for _ in range(self.random.choice([1, 1, 2, 2, 3])):
            source: Any = self.random.choice([*states, *states, "*", "G"])
            if self.odds(0.15):
                source = self.random.sample(states, min(2, len(states)))
            row = {
                "trigger": event,
                "source": source,
                "dest": self.random.choice([*states, "="]),
                **mode,
                **WHY,
            }
            if self.odds(0.4):
                row["when"] = self.guard(plan, thing.family, thing.family or plan.events[event], 2)
            if self.timed and self.odds(0.6):
                row |= self.limits(plan, states)
            made.append(row)
        return made

    def length(self, most: int = 3) -> str:
        """Make a length of time: zero, some seconds, a name or a sum."""
        return self.random.choice(
            ["0 s", *[f"{10 * n} s" for n in range(1, most + 1)], "short", "short + 10 s"]
        )

    def limits(self, plan: Plan, states: list[str]) -> dict[str, str]:
        """Say of a row when it can happen and when it is due."""
        form = self.random.choice(["after", "after", "without", "while", "within", "within", "both", "every"])
        events, some = (
            list(plan.events),
            ", ".join(self.random.sample(states, self.random.randint(1, len(states)))),
        )
        return {
            "after": {"after": self.length()},
            "without": {
                "after": f"{self.length()} without {', '.join(self.random.sample(events, min(2, len(events))))}"
            },
            "while": {"after": f"{self.length()} while {some}"},
            "within": {"within": self.length()},
            "both": self.random.choice(
                [{"after": "10 s", "within": "30 s"}, {"after": "short", "within": "short"}]
            ),
            "every": {"every": self.length()},
        }[form]

    def counted(self, written: dict[str, Any]) -> None:
        """Let a scenario count time."""
        events = list(self.files["events.yaml"]["events"])
        written["timed"] = True
        if self.odds(0.4):
            least, most = sorted(self.random.sample([0, 10, 20, 30], 2))
            both = [f"{least} s", f"{most} s"]
            written["takes"] = {self.random.choice(events): self.random.choice([both, f"{most} s"])}
        if self.odds(0.3):
            written["untimed"] = [self.random.choice(events)]
        if self.odds(0.3):
            written["durations"] = {"short": self.random.choice(["10 s", "20 s"])}

    def extension(self, plan: Plan, written: dict[str, Any], thing: Readable) -> None:
        """Now and then a machine that extends another stands for some of its copies, or for itself."""
        machine = self.files[f"machines/{thing.name}.yaml"]
        if not self.odds(0.3):
            return
        name = f"{thing.name}x"
        own: dict[str, Any] = {"machine": name, "title": f"Machine {name}", "extends": thing.name}
        if self.odds(0.5):
            own["states"] = ["T"]
        triggers = sorted({row["trigger"] for row in machine.get("transitions", [])})
        if triggers and self.odds(0.7):
            rows = self.rows_of(
                plan, thing, machine["states"] + own.get("states", []), self.random.choice(triggers)
            )
            own["transitions"] = rows
        self.files[f"machines/{name}.yaml"] = own
        for place in [written["members"]] if thing.family is None else [written["families"][thing.family]]:
            for number, called in enumerate(place):
                if called == thing.name and self.odds(0.6):
                    place[number] = name

    def conditional(self, plan: Plan, written: dict[str, Any]) -> None:
        """Now and then a member is there only for some values of a parameter; nobody reads it by its name alone."""
        if "par" in plan.parameters and self.odds(0.5):
            name = f"{plan.name}_w"
            event = self.random.choice(list(plan.events))
            row = {
                "trigger": event,
                "source": "Up",
                "dest": "Down",
                "mode": self.random.choice(["may", "must"]),
                **WHY,
            }
            back = {"trigger": event, "source": "Down", "dest": "Up", "mode": row["mode"], **WHY}
            self.files[f"machines/{name}.yaml"] = {
                "machine": name,
                "title": "There or not",
                "initial": "Up",
                "states": ["Up", "Down"],
                "transitions": [row, back],
            }
            written["members"].append(
                {"machine": name, "when": f"par in [{', '.join(plan.parameters['par'][:2])}]"}
            )

    def definitions(self, plan: Plan, written: dict[str, Any]) -> None:
        """Make labels and a view."""
        labels = {}
        for number in range(self.random.choice([1, 1, 2])):
            labels[f"L{number}"] = self.guard(plan, None, None, 2)
        plan.labels = list(labels)
        written["labels"] = labels
        if self.odds(0.3):
            values = [{"name": f"V{n}", "when": self.guard(plan, None, None, 1, False)} for n in range(2)]
            self.files[f"views/v_{plan.name}.yaml"] = {
                "view": f"v_{plan.name}",
                "title": "What is seen",
                "systems": [plan.name],
                "values": values,
            }
            plan.views = [f"v_{plan.name}"]

    # Guards

    def guard(self, plan: Plan, reader: str | None, index: str | None, depth: int, own: bool = True) -> str:
        """Make a guard for a reader of a family (or of none), with an index of a family at hand (or none)."""
        if depth and self.odds(0.45):
            left, right = (self.guard(plan, reader, index, depth - 1, own) for _ in range(2))
            word = self.random.choice(["and", "and", "or", "implies"])
            return f"({left}) {word} ({right})"
        if self.odds(0.15):
            return f"not ({self.guard(plan, reader, index, 0, own)})"
        return self.random.choice([self.reading, self.reading, self.quantified])(plan, reader, index, own)

    def reading(self, plan: Plan, reader: str | None, index: str | None, own: bool) -> str:
        """Make a guard that reads one name."""
        names = [
            r for r in plan.readable if r.values and (r.family is None or (r.family == index and r.copies))
        ]
        if index:
            size = plan.sizes[index]
            names += [
                r
                for r in plan.readable
                if r.values and r.family and r.family != index and r.copies == size > 0
            ]
        names += [Readable("par", plan.parameters["par"])] if plan.parameters else []
        if own and plan.labels:
            names.append(Readable(plan.name, plan.labels))
        names += [Readable(view, ["V0", "V1"]) for view in plan.views]
        if not names:
            return self.random.choice(["true", "true", "false"])
        return self.atom(self.random.choice(names))

    def atom(self, thing: Readable) -> str:
        """Make a guard that reads this."""
        value = self.random.choice(thing.values)
        form = self.random.choice(["is", "is", "is not", "in", "not in"])
        if "in" in form.split():
            return f"{thing.name} {form} [{', '.join(self.random.sample(thing.values, min(2, len(thing.values))))}]"
        return f"{thing.name} {form} {value}"

    def quantified(self, plan: Plan, reader: str | None, index: str | None, own: bool) -> str:
        """Make a guard over the copies of something."""
        things = [r for r in plan.readable if r.values and (r.family or self.odds(0.3))]
        if not things:
            return self.reading(plan, reader, index, own)
        thing = self.random.choice(things)
        word = self.random.choice(["all", "some", "no", "count"])
        which = self.random.choice(["", "", "earlier ", "other "]) if reader and thing.family else ""
        over = self.random.choice([thing.name, thing.family or thing.name])
        body = self.atom(thing)
        if self.odds(0.2):
            body = (
                f"{body} and {self.reading(plan, thing.family, thing.family if thing.copies else None, own)}"
            )
        if word == "count":
            comparison = self.random.choice(["<=", ">=", "==", "<", ">"])
            return f"count({which}{over}: {body}) {comparison} {self.random.randint(0, 3)}"
        return f"({word} {which}{over}: {body})"

    # Scenarios and properties

    def sets(self) -> None:
        """Name some sets of events, one inside another."""
        events = list(self.files["events.yaml"]["events"])
        sets = self.files["events.yaml"]["sets"]
        for number in range(self.random.choice([0, 1, 2])):
            listed = self.random.sample(events, min(self.random.randint(1, 3), len(events)))
            sets[f"set{number}"] = [*listed, *sets][: 4 if self.odds(0.3) else len(listed)]

    def variant(self) -> None:
        """Now and then a system that extends the top one, with another parameter, and in its place elsewhere."""
        top = self.plans[-1]
        if self.odds(0.25):
            written: dict[str, Any] = {
                "system": "variant",
                "title": "Another",
                "extends": top.name,
                "suite": True,
            }
            if top.parameters:
                written["set"] = {"par": self.random.choice(top.parameters["par"])}
            self.files["systems/variant.yaml"] = written

    def listed(self, most: int = 2) -> list[str]:
        """Some events, or sets of them."""
        vocabulary = self.files["events.yaml"]
        names = [*vocabulary["events"], *vocabulary["sets"]]
        return self.random.sample(names, min(self.random.randint(1, most), len(names)))

    def scenario(self, name: str) -> None:
        """Make a scenario."""
        written: dict[str, Any] = {
            "scenario": name,
            "title": f"Scenario {name}",
            "systems": [p.name for p in self.plans],
        }
        if self.odds(0.5):
            written["healthy code"] = True
        if self.timed:
            self.counted(written)
        if self.odds(0.5):
            unhealthy = {
                n
                for n, e in self.files["events.yaml"]["events"].items()
                if e.get("unhealthy") or e["kind"] == "fault"
            }
            written["allow"] = [self.indexed(n) if n in unhealthy else n for n in self.listed()]
        faults = [n for n, e in self.files["events.yaml"]["events"].items() if e["kind"] == "fault"]
        if faults and self.odds(0.7):
            written["faults"] = {"among": self.random.sample(faults, self.random.randint(1, len(faults)))}
            if self.odds(0.7):
                written["faults"]["at most"] = self.random.choice([0, 1, 1, 2, 3])
        if self.odds(0.4):
            named = [
                n.partition("[")[0]
                for n in written.get("allow", []) + written.get("faults", {}).get("among", [])
            ]
            written["forbid"] = [self.indexed(n) for n in self.listed() if n not in named] or ["env.s0_e0[1]"]
        if all(p.parameters for p in self.plans) and self.odds(0.3):
            written["set"] = {"par": self.random.choice(["a", "b"])}
        self.files[f"scenarios/{name}.yaml"] = written

    def indexed(self, name: str) -> str:
        """An event, now and then at one index."""
        fits = any(plan.events.get(name) for plan in self.plans)
        return f"{name}[{self.random.randint(1, 3)}]" if fits and self.odds(0.4) else name

    def properties(self) -> None:
        """Make properties of every kind for every system."""
        everywhere = [plan.name for plan in self.plans]
        found: dict[str, Any] = {
            "Z00": {"title": "All", "kind": "invariant", "systems": everywhere, "always": "true"}
        }
        for plan in self.plans:
            for _ in range(self.random.randint(3, 7)):
                found[f"P{len(found):02}"] = self.property(plan)
        self.files["properties/all.yaml"] = {"theme": "All", "properties": found}

    def some(self, plan: Plan) -> list[str]:
        """Some events of a system."""
        return self.random.sample(list(plan.events), min(self.random.randint(1, 2), len(plan.events)))

    def property(self, plan: Plan) -> dict[str, Any]:
        """Make a property of a system."""
        kinds = [
            "invariant",
            "at",
            "only after",
            "never after",
            "in turn",
            "deadlock freedom",
            "reachable",
            "story",
        ]
        kinds += ["recoverable", "leads to", "recurs", "settles", "converges"]
        kind = self.random.choice([*kinds, *["time bound"] * 6] if self.timed else kinds)
        written: dict[str, Any] = {"title": f"Some {kind}", "systems": [plan.name]}
        index = None
        if kind in ("leads to", "recurs", "settles", "converges"):
            families = [f for f, size in plan.sizes.items() if size]
            if families and self.odds(0.4):
                index = written["per"] = self.random.choice(families)
        written |= self.form(kind, plan, index)
        observable = ("invariant", "leads to", "recurs", "settles", "converges")
        if kind in observable and self.odds(0.25):
            self.observer(
                written, plan, {"invariant": "always", "leads to": "to", "recurs": "again"}.get(kind, "stays")
            )
        return written

    def form(self, kind: str, plan: Plan, index: str | None) -> dict[str, Any]:
        """Make the keys of a property of a kind."""

        def guard() -> str:
            return self.guard(plan, index, index, 2)

        def steps() -> list[list[str]]:
            return [self.some(plan) for _ in range(self.random.randint(1, 3))]

        if kind == "at":
            event = self.random.choice(list(plan.events))
            return {
                "kind": "precedence",
                "at": event,
                "require": self.guard(plan, None, plan.events[event], 2),
            }
        if kind in ("only after", "never after"):
            until = {"only after": "renewed by", "never after": "lifted by"}[kind]
            form = {"kind": "precedence", "event": self.some(plan), kind: self.some(plan)}
            return form | ({until: self.some(plan)} if self.odds(0.5) else {})
        if kind == "in turn":
            return {"kind": "precedence", "steps": steps()}
        if kind == "story":
            return {"kind": "reachable", "steps": steps()} | ({"reach": guard()} if self.odds(0.5) else {})
        if kind == "deadlock freedom":
            return {"kind": kind} | ({"except": guard()} if self.odds(0.6) else {})
        if kind == "time bound":
            moments: dict[str, Any] = {"from event": self.some(plan), "to event": self.some(plan)}
            if self.odds(0.5):
                moments = {"from": guard(), "to": guard()}
            limit = self.random.choice([{"at most": self.length(4)}, {"at least": self.length(4)}])
            return {"kind": kind} | moments | limit
        if kind == "leads to":
            return {"kind": kind, "from": guard(), "to": guard()}
        key = {"invariant": "always", "recurs": "again", "reachable": "reach", "recoverable": "reach"}.get(
            kind, "stays"
        )
        return {"kind": kind, key: guard()} | (
            {"with user decisions": True} if kind == "recoverable" and self.odds(0.4) else {}
        )

    def observer(self, written: dict[str, Any], plan: Plan, key: str) -> None:
        """Give a property an observer, and let it read that."""
        rows = []
        for event in self.some(plan):
            for _ in range(self.random.choice([1, 2])):
                row = {
                    "trigger": event,
                    "source": self.random.choice(["O0", "O1", "*"]),
                    "dest": self.random.choice(["O0", "O1"]),
                }
                if self.odds(0.3) and "per" not in written:
                    row["when"] = self.guard(plan, None, plan.events[event], 1)
                rows.append(row)
        written["observer"] = {"states": ["O0", "O1"], "initial": "O0", "transitions": rows}
        word = self.random.choice(["and", "or", "implies"])
        written[key] = f"({written[key]}) {word} observer is {self.random.choice(['O0', 'O1'])}"


def specification(seed: int, timed: bool = False) -> Files:
    """Return the files of the specification of a seed."""
    return Maker(seed, timed).make()
