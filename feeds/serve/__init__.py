"""The last publication over HTTP: what is asked for often from memory, all else from files."""
