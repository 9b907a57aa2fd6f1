"""An edition is taken from the adopted words and never changes."""
