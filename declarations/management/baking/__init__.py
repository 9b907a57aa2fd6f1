"""The public site written down as files: what is asked of the site, what its links become, how the tree is replaced."""
