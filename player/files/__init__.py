"""What is kept on the disk or brought along: languages, voices, settings, clips, log, journal, clocks."""
