"""Worker processes: one supervised child over JSON lines."""
