"""What is generated from the models: data of the suites, and the reference.

A thing is said once, in the models that the charm uses at run time. What has to be read without
them, by a packing tool in a hurry or by a person, is generated and committed; a test compares.
"""
