"""What PostgreSQL is asked: our tables beside those of Procrastinate, in a schema of their own.

Nothing here lasts longer than a run of a builder. What workers have read is in a table that is
not logged: a crash of PostgreSQL empties it, and then it is read again.
"""

from typing import Final

SCHEMA: Final = "feeds_queue"
TABLES: Final = "1"
"""The version of our own tables; whoever changes these changes this."""

# Locks of ours are told from others' by their first number.
LOCKS: Final = 0x66656564

SEARCH_HERE: Final = f"SET search_path TO {SCHEMA}"
LOCK_SCHEMA: Final = f"SELECT pg_advisory_xact_lock({LOCKS}, 0)"
IS_THERE: Final = f"SELECT to_regclass('{SCHEMA}.version') IS NOT NULL"
VERSION: Final = "SELECT name FROM version"
CREATE_SCHEMA: Final = f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"
CREATE: Final = """
CREATE SEQUENCE runs AS integer CYCLE;
CREATE UNLOGGED TABLE readings (
    job bigint PRIMARY KEY REFERENCES procrastinate_jobs ON DELETE CASCADE,
    content bytea NOT NULL
);
-- To compress it takes the server longer than to write it.
ALTER TABLE readings ALTER content SET STORAGE EXTERNAL;
CREATE TABLE attendance (
    worker bigint PRIMARY KEY REFERENCES procrastinate_workers ON DELETE CASCADE,
    queue text NOT NULL
);
CREATE TABLE version (name text NOT NULL);
"""
NAME_VERSION: Final = "INSERT INTO version VALUES (%(name)s)"

NEXT_RUN: Final = "SELECT nextval('runs')::integer"
# Held by the session of whoever waits for the run: it is over as soon as nobody holds it.
HOLD_RUN: Final = f"SELECT pg_advisory_lock({LOCKS}, %(run)s)"
IS_OVER: Final = f"SELECT pg_try_advisory_xact_lock_shared({LOCKS}, %(run)s) AS is_over"
DROP_RUN: Final = "DELETE FROM procrastinate_jobs WHERE (args ->> 'run')::integer = %(run)s"
DROP_OVER: Final = f"""
DELETE FROM procrastinate_jobs WHERE (args ->> 'run')::integer IN (
    SELECT run FROM (
        SELECT DISTINCT (args ->> 'run')::integer AS run FROM procrastinate_jobs
    ) AS runs WHERE pg_try_advisory_xact_lock_shared({LOCKS}, run)
)
"""
DROP: Final = "DELETE FROM procrastinate_jobs WHERE id = %(job)s"

ATTEND: Final = "INSERT INTO attendance VALUES (%(worker)s, %(queue)s)"
ATTENDING: Final = """
SELECT count(*) FILTER (WHERE queue = %(queue)s) AS ours, count(*) AS of_all
FROM attendance JOIN procrastinate_workers ON worker = id
WHERE last_heartbeat > now() - %(seconds)s * interval '1 second'
"""

# One statement, so that a job ends together with what came of it, for whoever still has it.
_MINE: Final = """
WITH mine AS (
    SELECT id, args FROM procrastinate_jobs
    WHERE id = %(job)s AND worker_id = %(worker)s AND status = 'doing' FOR UPDATE
)"""
_ENDED: Final = """
SELECT procrastinate_finish_job_v1(id, %(status)s, false),
    pg_notify('feeds_queue_' || (args ->> 'run'), id::text)
FROM mine
"""
END: Final = _MINE + _ENDED
GIVE_BACK: Final = _MINE + "SELECT procrastinate_retry_job_v2(id, %(at)s, 1, NULL, NULL) FROM mine"
END_WITH: Final = (
    _MINE + ", kept AS (INSERT INTO readings SELECT id, %(content)s FROM mine)" + _ENDED
)
# What is taken is gone at once: whoever takes it keeps it, or begins anew.
TAKE: Final = """
WITH known AS (
    SELECT id, status::text FROM procrastinate_jobs WHERE id = ANY(%(jobs)s::bigint[])
), taken AS (
    DELETE FROM readings WHERE job = ANY(%(jobs)s::bigint[]) RETURNING job, content
), ended AS (
    DELETE FROM procrastinate_jobs USING taken WHERE id = job
)
SELECT id, status, content FROM known LEFT JOIN taken ON job = id
"""


def channel(run: int) -> str:
    """Give the channel on which whoever waits for a run hears that jobs ended."""
    return f"feeds_queue_{run}"
