package file

// mayWrite knows nothing here: only an attempt tells.
func mayWrite(string) error { return nil }
