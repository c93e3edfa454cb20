"""The page beside a session, served by a child process of its own."""
