"""The page beside a session: a view in a browser, served by a child process of its own. Never needed."""
