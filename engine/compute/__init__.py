"""Work on this machine or a cluster: numba guard, threads, tiles, memory."""
