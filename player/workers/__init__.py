"""Worker processes: one supervised child over JSON lines, for the voice, the ears and whatever comes."""
