"""The pure core: plan, places, commands, engine, score, decision, wording. No clock, thread, file or log."""
