package contract

// Value is an optional field's value, or the zero value that stands for its default.
func Value[V any](p *V) V {
	if p == nil {
		return *new(V)
	}
	return *p
}
