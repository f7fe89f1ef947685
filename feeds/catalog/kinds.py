"""The kinds of columns: the same in all databases, in which texts are in the order of code points.

What is a variant for one database is looked at there alone: no other one's words are loaded for it.
"""

from sqlalchemy import BigInteger, Integer, String

Text = String().with_variant(String(collation="C"), "postgresql")
"""Text; where collations differ, the one that knows no language."""

# SQLite gives new keys in a column of its very word for whole numbers.
Key = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number that names a row."""
