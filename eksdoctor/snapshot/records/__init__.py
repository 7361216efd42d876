"""The records of the APIs' answers and, beside each, the declaration of the action that returns it.

`eksdoctor.snapshot.actions` imports every module of this package.
"""
