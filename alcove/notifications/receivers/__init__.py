"""What an event leaves behind: letters for the people concerned, and a card in the room.

Each receiver may run twice for an event and from two processes at once; unique keys in the
database let every row come into being once.
"""
