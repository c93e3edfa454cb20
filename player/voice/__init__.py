"""The voice: a child process that renders texts into clips, and its client."""
