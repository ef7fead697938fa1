"""What the user wrote: handlers, hooks, kinds of their own and options, checked on the spot."""
