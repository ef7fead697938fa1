"""Durable delivery: a push is stored, answered, and then handled, in order for each device."""
