"""Which descriptions of a speaker give cover: each is shared by enough people, and leaves enough behind (M7).

A description that is shared by many can still give somebody away by what it does not say. Where all but two people of
the North could be described by their own region, "somebody from the North" is one of those two. So it is not enough
that a description fits many: of those who would be described by it, because nothing finer covers them, there must be
enough as well, or none. Whoever knows these rules, and everybody in the room, then learns no more than that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence

Key = Hashable


def covering(room: Mapping[Sequence[Key], int], minimum: int) -> set[Key]:
    """Return the descriptions that may be used.

    `room` counts people by the chain of descriptions that fit them, finest first; the last of every chain is the one
    that fits everybody, and is always allowed.
    """
    sharing: Counter[Key] = Counter()
    for chain, people in room.items():
        for each in dict.fromkeys(chain[:-1]):
            sharing[each] += people
    allowed = {each for each, people in sharing.items() if people >= minimum}
    while True:
        described = finest(room, allowed)
        small = [each for each, people in described.items() if people < minimum]
        if not small or not allowed:
            return allowed
        own = [each for each in small if each in allowed]
        # Too few would be described so: they are described more coarsely. Where too few are left at the very top,
        # the description with the fewest people is given up, so that those join them.
        candidates = own or [each for each in described if each in allowed] or list(allowed)
        allowed.discard(min(candidates, key=lambda each: (described[each], sharing[each], repr(each))))


def finest(room: Mapping[Sequence[Key], int], allowed: Iterable[Key]) -> Counter[Key]:
    """Return how many people would be described by each description, if everybody took the finest that is allowed."""
    known, described = set(allowed), Counter[Key]()
    for chain, people in room.items():
        described[next((each for each in chain[:-1] if each in known), chain[-1])] += people
    return described
