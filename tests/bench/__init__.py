"""`make bench-submit`: whole testimonies a second, beside a plain form of Django on the same server, in one run."""
