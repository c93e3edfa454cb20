"""A session as a file for the phone: chapters, captions, tags."""
