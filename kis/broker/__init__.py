"""KIS over REST: the only place that knows a KIS abbreviation."""
