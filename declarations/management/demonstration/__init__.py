"""The demonstration forum: invented people and words, carried along the whole road by the real verbs."""
