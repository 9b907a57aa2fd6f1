"""To whom the text was handed, what they answered and promised, and what came of it."""
