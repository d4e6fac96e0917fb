"""Dropout return (劝返复学): find the child who left school, bring it back, keep it there."""
