"""The text is composed clause by clause, frozen as a version, and adopted word for word."""
