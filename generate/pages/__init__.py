"""The pages of the reference: each is a function of what the library says about itself."""
