const operations = {
	set: "replaced", patch: "changed", rollback: "rolled back", revert: "reverted", external: "edited outside",
	peer: "written by Meerkat", recovered: "recovered", import: "imported", mirror: "mirrored",
};
const surfaces = { tool: "in an agent's tool call", rpc: "by a program's request", cli: "on the command line", external: "by hand or by another program" };
const ways = { elicitation: "in the client's form", review: "by realmconf review", page: "on the review page", flag: "by --allow" };

// History is the view of the generations, the newest first.
class History {
	constructor(source, compare) {
		this.source = source;
		this.compare = compare; // shows what changed between two generations
		this.view = byID("view-history");
	}

	// open loads the newest generations.
	async open() {
		this.list = element("ol", { class: "generations", role: "list" });
		this.more = element("button", { type: "button", hidden: true, click: () => attempt(() => this.load(this.next, true)) }, "Show earlier generations");
		this.view.replaceChildren(this.list, this.more);
		await this.load(null, false);
		if (this.list.children.length === 0) this.view.replaceChildren(element("p", { class: "empty" }, "Nothing was changed yet."));
	}

	// load appends the generations before one.
	async load(before, moves) {
		const reply = await this.source.history(before);
		this.current = reply.generation;
		const items = reply.entries.map((entry) => this.item(entry, entry.generation === reply.generation));
		this.list.append(...items);
		this.next = reply.next_before;
		this.more.hidden = this.next == null;
		if (moves && items.length > 0) items[0].querySelector("h2").focus();
	}

	item(entry, isCurrent) {
		const actor = entry.actor ?? {};
		const heading = element("h2", { tabindex: -1 }, `Generation ${entry.generation}`,
			element("span", {}, moment(entry.at)),
			isCurrent ? element("span", {}, "current") : null,
			entry.valid === false ? element("span", {}, "not TOML") : null,
			entry.superseded ? element("span", {}, "superseded") : null);
		const who = [operations[entry.operation] ?? entry.operation, entry.rollback_to != null ? ` to generation ${entry.rollback_to}` : null,
			actor.name ? [" by ", element("strong", {}, visible(actor.name))] : null, ", ", surfaces[actor.surface] ?? actor.surface];
		return element("li", { class: isCurrent ? "current" : null }, heading,
			element("p", {}, who),
			entry.approved ? element("p", { class: "remark" }, this.approval(entry.approved)) : null,
			entry.reason ? element("p", {}, element("span", { class: "remark" }, "The reason that was given: "), element("q", { dir: "auto" }, visible(entry.reason))) : null,
			this.places(entry),
			element("div", { class: "actions" },
				element("button", { type: "button", "aria-label": `Show what changed in generation ${entry.generation}`, click: () => attempt(() => this.showChange(entry)) }, "Show what changed"),
				isCurrent ? null : element("button", { type: "button", "aria-label": `Compare generation ${entry.generation} with the current one`, click: () => this.compare.show(entry.generation, this.current) }, "Compare with now")));
	}

	approval(approved) {
		const by = approved.by === "flag" ? "Allowed by a flag of the server" : `Allowed by a person ${ways[approved.way] ?? ""}`;
		return [by, approved.via ? [", through ", visible(approved.via)] : null, approved.claimed ? " (as the file claims)" : null];
	}

	places(entry) {
		const paths = entry.paths ?? [];
		if (entry.paths_unknown) return element("p", { class: "remark" }, "What it changed is not known.");
		const left = (entry.path_count ?? paths.length) - paths.length;
		return element("ul", { class: "places", role: "list" }, paths.map((path) => element("li", {}, element("code", { dir: "ltr" }, visible(path)))),
			left > 0 ? element("li", { class: "remark" }, `and ${left} more`) : null);
	}

	// showChange compares a generation with the one before it.
	async showChange(entry) {
		let from = entry.parent;
		if (from == null) {
			const reply = await this.source.history(entry.generation, 1);
			from = reply.entries[0]?.generation ?? 0;
		}
		await this.compare.show(from, entry.generation);
	}
}
