"""What becomes of a push: which handlers run, how they are called, and what came of it."""
