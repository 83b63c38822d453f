"""What each event of the record carries: one frozen dataclass an event type."""
