"""The requests to send next: those the model needs and the snapshot does not have."""
