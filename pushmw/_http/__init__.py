"""Between HTTP and what becomes of a push: each way in, the header rules, the answers."""
