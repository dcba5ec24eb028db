"""What no single test shows: killed at a hundred moments, and on a disk that is full at every one."""
