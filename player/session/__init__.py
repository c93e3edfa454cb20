"""A session under way: the loop, the stage that carries orders out, and real or virtual time."""
