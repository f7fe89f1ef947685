"""Which articles go where and what is said of them: decisions, and no SQL, disk or clock."""
