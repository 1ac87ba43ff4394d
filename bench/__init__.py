"""Speed, measured as ratios in one run; see design targets in docs/architecture.md."""
