"""Favourites (收藏) and private notes: what a person keeps of a question for themselves."""
