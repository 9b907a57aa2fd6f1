"""The tests, in the same rooms and by the same words as the code."""
