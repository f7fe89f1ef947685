"""The last publication over HTTP, from memory, every answer prepared before the request."""
