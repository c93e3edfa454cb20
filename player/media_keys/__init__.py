"""Media keys and the headset's button, taken by a child process of its own."""
