"""Arrays in, arrays out: the mixer, the tones, loudness and resampling. No device, no disk, no clock."""
