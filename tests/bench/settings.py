"""The site's settings, with the two plain views to compare with; nothing of them is in the product."""

from tests.served.settings import *  # noqa: F403
from tests.served.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.bench.apps.BenchConfig"]
ROOT_URLCONF = "tests.bench.urls"
