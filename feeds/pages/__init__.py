"""Pages for people: the same bytes from the server and in the output."""

from feeds.pages.directory import directory_page

__all__ = ["directory_page"]
