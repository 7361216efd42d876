"""The rule engine: rule files, the condition language, and the evaluation of rules on a cluster."""
