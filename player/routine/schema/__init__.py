"""The language of scripts: which keys there are, what each may hold, and its JSON Schema."""
