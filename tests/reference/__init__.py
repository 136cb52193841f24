"""A second checker of the specification language, written from the language page alone.

It shares no code with `rolecycle` and is as slow and as plain as the page reads: states are nested tuples, a
step is found by trying every choice of rows, a verdict by looking at every state. Each function quotes the
sentence of `docs/reference/language.md` (or `docs/explanation/time.md`) that it puts into effect.

language.py reads the YAML files into machines, systems, scenarios and properties guards.py parses guards and
evaluates them in a state of a system systems.py puts the members of a system together, for a scenario
semantics.py the step rule, and the space of a system clock.py the same where time is counted properties.py the
verdicts fairness.py what must happen in the long run generate.py random specifications reduce.py makes a
specification smaller while a difference stays compare.py what the command line answers, held against what this
package answers"""
