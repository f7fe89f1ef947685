"""Documents that workers read on any number of hosts: jobs and readings in PostgreSQL."""
