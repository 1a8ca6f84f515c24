package meerkat

// Shell is the section shell.
type Shell struct {
	// The program that runs the commands of the shell tool.
	Program string `json:"program" jsonschema:"default=nu" jsonschema_extras:"x-risk=exec"`
	// The longest time of a command, in seconds.
	TimeoutSecs uint64 `json:"timeout_secs" jsonschema:"default=30" jsonschema_extras:"x-risk=posture"`
	// Which commands may run: all, only those that match security_patterns, or all but those.
	SecurityMode string `json:"security_mode" jsonschema:"enum=unrestricted,enum=allow_list,enum=deny_list,default=unrestricted" jsonschema_extras:"x-risk=posture"`
	// The patterns that security_mode speaks of.
	SecurityPatterns []string `json:"security_patterns" jsonschema_extras:"x-alias=allowlist,x-risk=posture"`
}

// modeOfAllowlist gives the old key allowlist its second meaning: a section that
// has it and no mode has the mode allow_list. The first meaning, the patterns, is
// an ordinary alias.
func modeOfAllowlist(shell map[string]any) map[string]any {
	list, old := shell["allowlist"]
	if _, mode := shell["security_mode"]; mode || !old || list == nil {
		return shell
	}
	return with(shell, "security_mode", "allow_list")
}
