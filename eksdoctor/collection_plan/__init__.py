"""What to ask next: the questions that the model needs and the snapshot has not answered."""
