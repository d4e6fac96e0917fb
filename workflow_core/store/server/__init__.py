"""The server office: an office on PostgreSQL in which each account is a role of the database, and the database itself keeps everybody to his own.

The front door: :func:`install` makes it, :func:`logins` ties accounts to roles, :func:`is_desk` tells a desk's session from the owner's.
"""
