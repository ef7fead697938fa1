"""Between threads and event loops: a pool, a loop, how one waits for the other, deadlines."""
