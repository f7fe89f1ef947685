"""Pages for people: the same bytes from the server and in the output."""

from feeds.pages.directory import PAGE_TYPE, directory_page, load

__all__ = ["PAGE_TYPE", "directory_page", "load"]
