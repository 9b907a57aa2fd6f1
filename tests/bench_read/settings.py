"""The site's settings, with the views to compare with; nothing of them is in the product."""

from tests.served.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench_read.urls"
