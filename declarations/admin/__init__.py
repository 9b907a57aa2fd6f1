"""What organisers see: one module a word of the road, and desks with pages of their own."""

from . import (  # noqa: F401  each registers its lists, in the order of the road
    amendments,
    cards,
    declarations,
    editions,
    findings,
    followup,
    forums,
    groups,
    history,
    participants,
    people,
    recommendations,
)
