"""Where resources go, and the record of what is there."""
