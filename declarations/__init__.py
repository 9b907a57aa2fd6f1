"""A peace forum, from testimony to declaration to answers.

The road is always the same, in code, addresses, tests and screens. Each room of this app is cut into modules named by
these words, so two coordinates find any code: (room, word).
"""

ROAD = (
    "forums",
    "participants",
    "groups",
    "testimonies",
    "findings",
    "recommendations",
    "declarations",
    "amendments",
    "editions",
    "followup",
)

# What leads to what: each pair is (from, to, the row that carries the link).
FLOW = (
    ("forums", "participants", "Participant"),
    ("participants", "groups", "Membership"),
    ("participants", "testimonies", "nothing is kept"),
    ("testimonies", "findings", "Evidence"),
    ("findings", "recommendations", "Ground"),
    ("groups", "recommendations", "Recommendation"),
    ("recommendations", "declarations", "Source"),
    ("declarations", "amendments", "Amendment"),
    ("declarations", "editions", "Edition"),
    ("editions", "followup", "Delivery"),
    ("declarations", "followup", "Response"),
)
