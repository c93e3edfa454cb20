"""Echo cancelling: takes the player's own voice out of what is heard, and nothing of the user's."""
