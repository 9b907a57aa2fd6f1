"""Another wording for a clause is proposed, and decided with a reason."""
