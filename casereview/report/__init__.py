"""Tables, minutes, forms: what people read and carry away."""
