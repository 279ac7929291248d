"""Questions of a bank that ask nearly the same: found, shown side by side, merged into one."""
