"""Every type that passes from one floor to another, named by stage.

A source file becomes a document, a document an article or findings; articles in the
catalog form channels, a channel becomes a feed of entries, a feed becomes one resource
for each format. All of them are immutable values. Instants are aware datetimes in UTC,
in whole seconds.
"""

from feeds.model.articles import (
    Article,
    Enclosure,
    Image,
    Person,
    Provider,
    Reading,
    Reference,
    RelatedItem,
    StoredArticle,
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
    "ChannelRow",
    "Directory",
    "DirectoryFormat",
    "Document",
    "Enclosure",
    "Entry",
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
    "StoredArticle",
]
