"""Roles held at nodes of the organisation tree: granted, dated, revoked, audited."""
