"""What logs, events and EC2 reported, class by class, with the pods it affects."""
