"""The languages Django does not know by itself, each by its BCP 47 code."""

from django.conf.locale import LANG_INFO

# The thirteen national languages of Mali, then those of the neighbouring delegations. Each line: code, English name,
# the name its speakers give it in the script used here, and whether that script runs from right to left.
SPOKEN = [
    ("bm", "Bambara", "Bamanankan", False),
    ("bmq", "Bomu", "Bomu", False),
    ("bze", "Bozo", "Bozo", False),
    ("dts", "Dogon", "Dɔgɔsɔ", False),
    ("ff", "Fulfulde", "Fulfulde", False),
    ("kao", "Khassonke", "Xaasongaxanŋo", False),
    ("mey", "Hassaniya", "الحسانية", True),
    ("mwk", "Maninka", "Maninkakan", False),
    ("myk", "Minyanka", "Mamara", False),
    ("ses", "Songhay", "Soŋoy", False),
    ("shz", "Senoufo", "Syenara", False),
    ("snk", "Soninke", "Sooninkanxanne", False),
    ("taq", "Tamasheq", "Tămašăɣt", False),
    ("dje", "Zarma", "Zarma", False),
    ("dyu", "Dyula", "Julakan", False),
    ("gux", "Gourmantchema", "Gulmancema", False),
    ("ha", "Hausa", "Hausa", False),
    ("mos", "Moore", "Moore", False),
]


def register() -> None:
    """Teach Django the names and directions of SPOKEN; activating an unknown language fails otherwise."""
    for code, name, name_local, bidi in SPOKEN:
        LANG_INFO[code] = {"bidi": bidi, "code": code, "name": name, "name_local": name_local}
