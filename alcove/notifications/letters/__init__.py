"""What each change says to each person: words only, in the active language and zone.

Discretion (product law, section 5): subjects say nothing about therapy beyond the one of R10;
bodies hold no names, no types and nobody's words, only a time and a link. What a letter states
comes from its event, for what it is about may have changed again since.
"""
