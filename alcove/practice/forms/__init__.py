"""What admins type about the practice. The rules stand in the actions; here is only reading."""
