"""Every type that passes from one floor to another, named by stage.

A source file becomes a document, a document an article or findings; articles in the
catalog form channels, a channel becomes a feed of entries, a feed becomes one resource
for each format. All of them are immutable values. Instants are aware datetimes in UTC,
in whole seconds.
"""

from feeds.model.articles import (
    Article,
    Enclosure,
    EntryKey,
    Image,
    Person,
    Provider,
    Reading,
    Reference,
    RelatedItem,
    StoredArticle,
    Story,
)
from feeds.model.documents import (
    Document,
    FileStamp,
    Finding,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Severity,
    SourceFile,
)
from feeds.model.feeds import (
    Category,
    Channel,
    ChannelKind,
    ChannelName,
    ChannelRow,
    Directory,
    DirectoryFormat,
    Entry,
    Feed,
    FeedFormat,
    Link,
    Membership,
    Outline,
    Source,
    Standing,
)
from feeds.model.resources import (
    Published,
    Resource,
)

__all__ = [
    "Article",
    "Category",
    "Channel",
    "ChannelKind",
    "ChannelName",
    "ChannelRow",
    "Directory",
    "DirectoryFormat",
    "Document",
    "Enclosure",
    "Entry",
    "EntryKey",
    "Feed",
    "FeedFormat",
    "FileStamp",
    "Finding",
    "Image",
    "Link",
    "Mapping",
    "Membership",
    "Node",
    "Outline",
    "Person",
    "Provider",
    "Published",
    "Reading",
    "Reference",
    "RelatedItem",
    "Resource",
    "Scalar",
    "Sequence",
    "Severity",
    "Source",
    "SourceFile",
    "Standing",
    "StoredArticle",
    "Story",
]
