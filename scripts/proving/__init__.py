"""What measuring and breaking share: throw-away servers, the product on them, a world in it."""
