"""Organisations, persons, accounts and the roles held at a node (单位、人员、账号、角色)."""
