package meerkat

// SkillIdentity is the section skills.identity.
type SkillIdentity struct {
	// What happened to repositories.
	Lineage []LineageEntry `json:"lineage"`
	// Which skill took the place of which.
	Remaps []SkillRemap `json:"remaps"`
	// Other names of skills.
	Aliases []SkillAlias `json:"aliases"`
}

// LineageEntry is something that happened to repositories, with its date.
type LineageEntry struct {
	// The name of the event.
	EventID string `json:"event_id" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// When it happened, in seconds since 1970.
	RecordedAtUnixSecs uint64 `json:"recorded_at_unix_secs" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// The skills that must have a remap; a rotate, split or merge needs some. Absent: none.
	RequiredFromSkills []SkillName `json:"required_from_skills" jsonschema_extras:"x-unset=absent,x-risk=posture"`
	// What happened.
	Event LineageEvent `json:"event" jsonschema:"required"`
}

// LineageEvent is what happened to repositories.
type LineageEvent struct {
	// Which sort of event.
	Event Tag `json:"event" jsonschema:"required" jsonschema_extras:"x-risk=posture"`

	// A repository was renamed or moved.
	RenameOrRelocate SourceStep `json:"-" case:"rename_or_relocate"`
	// A repository was replaced by another.
	Rotate SourceStep `json:"-" case:"rotate"`
	// A repository was split.
	Split SourceSplit `json:"-" case:"split"`
	// Repositories were merged.
	Merge SourceMerge `json:"-" case:"merge"`
}

// SourceStep is one repository before and after.
type SourceStep struct {
	// The UUID before.
	From UUID `json:"from" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// The UUID after.
	To UUID `json:"to" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
}

// SourceSplit is one repository that became several.
type SourceSplit struct {
	// The UUID before.
	From UUID `json:"from" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// The UUIDs after.
	Into []UUID `json:"into" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
}

// SourceMerge is several repositories that became one.
type SourceMerge struct {
	// The UUIDs before.
	From []UUID `json:"from" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// The UUID after.
	To UUID `json:"to" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
}

// SkillRemap is a skill that took the place of another.
type SkillRemap struct {
	// The skill before.
	From SkillKey `json:"from" jsonschema:"required"`
	// The skill after. In another repository only if the lineage leads there.
	To SkillKey `json:"to" jsonschema:"required"`
	// Why.
	Reason string `json:"reason" jsonschema_extras:"x-unset=skip,x-risk=posture"`
}

// SkillAlias is another name of a skill.
type SkillAlias struct {
	// The other name.
	Alias string `json:"alias" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// The skill.
	To SkillKey `json:"to" jsonschema:"required"`
}

// SkillKey is a skill of one repository.
type SkillKey struct {
	// The UUID of the repository.
	SourceUUID UUID `json:"source_uuid" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// The name of the skill.
	SkillName SkillName `json:"skill_name" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
}
