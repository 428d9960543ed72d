"""Everything that travels over HTTP. Input refuses unknown fields, output has no defaults."""
