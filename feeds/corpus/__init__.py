"""From a directory of documents to articles: scanning, front matter, dialects."""
