"""审题: a question's life from draft to approval, its reviewers, and its versions compared."""
