"""Statistical methods on plain numbers; they know no store."""
