"""What happens after a publication: hubs and caches are told what of it is another.

Nobody who publishes waits for that, or is told of it. What is to be told is a difference, that of
the publication as it is and as it was when last looked at, so that nothing is lost with a process.
"""
