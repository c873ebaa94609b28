"""The sequences that join verbs; the only place where the rooms of the floor below meet."""
