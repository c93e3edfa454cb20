"""A session under way: the loop, the stage that carries orders out, rehearsal, recovery."""
