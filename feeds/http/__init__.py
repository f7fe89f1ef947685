"""What HTTP says of requests and answers, as pure functions of header fields."""
