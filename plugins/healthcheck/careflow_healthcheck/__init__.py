"""Free health checks (免费健康查体): a round a term, judged by the national standards, followed up until it is settled."""
