"""What a group asks for: drafted, handed in, reviewed, and decided in sight; the first words stay."""
