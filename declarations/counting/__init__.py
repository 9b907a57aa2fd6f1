"""Every number anyone sees about people or testimonies passes here (M7).

`bands` makes a number coarse; `hiding` keeps a table from giving its small cells away; `people` makes the tables, of
`lines` that roll up by themselves; `cover` says which descriptions of a speaker are safe, `speakers` whether what is
told of somebody is shared by enough; `heard` counts what stands behind a text; `daily` holds figures still for a day;
`inside` is what those who work in a forum see of the number of testimonies, `cards` how many printed cards are left.
"""

from .bands import (
    band,
    band_words,
    few,
    fewer_than,
    label,
    limits,
)
from .cards import (
    at_least_left,
    cards_left,
    surely_left,
    with_given_up,
)
from .cover import (
    covering,
)
from .daily import (
    daily,
)
from .heard import (
    Behind,
    behind_clause,
    behind_clauses,
    behind_finding,
    behind_findings,
    behind_recommendation,
    behind_recommendations,
    clause_figures,
    clauses_figures,
    findings_figures,
    forum_figures,
    left_the_public,
    reading_hours,
    rests_on_enough,
    testimonies_band,
)
from .inside import (
    Waiting,
    heard_inside,
    testimonies_kept,
    testimonies_waiting,
    urgent_waiting,
)
from .load import (
    hours_to_read,
)
from .people import (
    Agreement,
    Cell,
    Room,
    Series,
    Table,
    groups_in_agreement,
    participants_by,
    participants_table,
    public_participants,
    stance_table,
)
from .speakers import (
    Speakers,
    told_by_enough,
)

__all__ = [
    "Agreement",
    "Behind",
    "Cell",
    "Room",
    "Series",
    "Speakers",
    "Table",
    "Waiting",
    "at_least_left",
    "band",
    "band_words",
    "behind_clause",
    "behind_clauses",
    "behind_finding",
    "behind_findings",
    "behind_recommendation",
    "behind_recommendations",
    "cards_left",
    "clause_figures",
    "clauses_figures",
    "covering",
    "daily",
    "few",
    "fewer_than",
    "findings_figures",
    "forum_figures",
    "groups_in_agreement",
    "heard_inside",
    "hours_to_read",
    "label",
    "left_the_public",
    "limits",
    "participants_by",
    "participants_table",
    "public_participants",
    "reading_hours",
    "rests_on_enough",
    "stance_table",
    "surely_left",
    "testimonies_band",
    "testimonies_kept",
    "testimonies_waiting",
    "told_by_enough",
    "urgent_waiting",
    "with_given_up",
]
