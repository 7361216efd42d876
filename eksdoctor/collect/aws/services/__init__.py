"""AWS actions with special handling: one function each, registered for its action.

`eksdoctor.collect.dispatch` imports every module of this package.
"""
