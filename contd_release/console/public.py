"""The steps of a walk whose effects are public, for the message when it stops."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from contd_release.engine.checklist import Event, Phase, Seen
from contd_release.engine.step import Step
from contd_release.errors import Interrupted, Unanswered, Unsettled

_OPEN = (Interrupted, Unanswered, Unsettled)


@dataclass
class Public:
    """
    The titles of the irreversible steps, by what is known of them, in order.

    Args:
        done: those that were seen to hold.
        perhaps: those that were begun and not seen to hold, and those that could not be observed.
    """

    done: dict[str, None] = field(default_factory=dict)
    perhaps: dict[str, None] = field(default_factory=dict)

    def expect(self, steps: Iterable[tuple[str, Step]]) -> None:
        """Count the steps of a release that was begun earlier as unknown."""
        self.perhaps |= {step.title: None for _, step in steps if step.is_irreversible}

    def see(self, seen: Iterable[Seen]) -> None:
        """Learn from a look at the world; what did not answer stays as unknown as it was."""
        for one in seen:
            if not isinstance(one.error, Unanswered):
                self.perhaps.pop(one.step.title, None)
            if one.is_done:
                self.learn(Event(Phase.DONE, one.section, one.step))

    def learn(self, event: Event) -> None:
        """Learn what happened to a step."""
        title = event.step.title
        if not event.step.is_irreversible:
            return
        if event.what is Phase.ACTING:
            self.perhaps[title] = None
        elif event.what is Phase.DONE or (event.what is Phase.FAILED and not isinstance(event.error, _OPEN)):
            self.perhaps.pop(title, None)
        if event.what is Phase.DONE:
            self.done[title] = None

    def __str__(self) -> str:
        lines = [f"public already: {'; '.join(self.done) or 'nothing'}"]
        if self.perhaps:
            lines.append(f"perhaps public: {'; '.join(self.perhaps)}   (type: invoke status)")
        return "\n".join(lines)
