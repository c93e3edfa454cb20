"""The check of scripts: rules, each with an id, a reason, and an example that passes and one that fails."""
