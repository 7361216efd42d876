"""Tables and formulas of one EC2 instance type; pure."""
