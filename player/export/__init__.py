"""A session as a file for the phone: its chapters, captions and tags. Bytes and texts, no library."""
