"""The condition language and rule text, checked against the model's types."""
