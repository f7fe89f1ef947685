"""The straight way: every document read by python-frontmatter, every feed written by feedgen.

Usage: python tests/bench/straight.py CORPUS OUTPUT
"""

import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import frontmatter
from feedgen.feed import FeedGenerator

NEWEST = 50

corpus, output = map(Path, sys.argv[1:])
channels: dict[str, list[tuple[datetime, dict[str, Any], str]]] = defaultdict(list)
for file in corpus.rglob("*.md"):
    post = frontmatter.load(file)
    if post.get("published") is not False:
        date = post.get("publishedDateTime") or post["date"]
        article = date.replace(tzinfo=date.tzinfo or UTC), post.metadata, post.content
        for topic in post.get("topics") or post["categoryLabel"]:
            channels[f"topics/{topic.lower().replace(' ', '-')}"].append(article)
        channels[
            f"providers/{(post.get('provider') or {}).get('domain') or post['link']['brand']}"
        ].append(article)

for stem, articles in channels.items():
    feed = FeedGenerator()
    feed.id(f"https://feeds.example.org/{stem}")
    feed.title(stem)
    feed.description(stem)
    feed.link(href="https://feeds.example.org/", rel="alternate")
    newest = sorted(articles, key=lambda article: article[0], reverse=True)[:NEWEST]
    feed.updated(newest[0][0])
    for date, known, body in newest:
        url = known.get("webUrl") or known["href"]
        entry = feed.add_entry(order="append")
        entry.id(url)
        entry.title(known["title"])
        entry.link(href=url, rel="alternate")
        entry.published(date)
        entry.updated(date)
        entry.author(name=(known.get("provider") or {}).get("name") or known["link"]["brand"])
        entry.category([{"term": topic} for topic in known.get("topics") or known["categoryLabel"]])
        entry.summary(known.get("excerpt") or known["description"])
        if body:
            entry.content(body, type="html")
    (output / stem).parent.mkdir(parents=True, exist_ok=True)
    feed.atom_file(str(output / f"{stem}.atom"))
    feed.rss_file(str(output / f"{stem}.rss"))
