// Configuration is the view of the values of now, with a search.
class Configuration {
	constructor(source) {
		this.source = source;
		this.values = byID("values");
		this.form = byID("find");
		this.form.addEventListener("submit", (event) => event.preventDefault());
		this.form.elements.words.addEventListener("input", () => this.show());
	}

	// open loads the configuration.
	async open() {
		const reply = await this.source.configuration();
		this.leaves = [];
		collectLeaves(reply.config ?? {}, "", this.leaves);
		this.show();
	}

	// show lists the places that have all words in their pointer or value.
	show() {
		const words = this.form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
		const found = this.leaves.filter((leaf) => words.every((word) => leaf.search.includes(word)));
		byID("found").textContent = words.length > 0 ? `${found.length} of ${count(this.leaves.length, "value")}` : count(this.leaves.length, "value");
		const sections = Map.groupBy(found, (leaf) => leaf.pointer.split("/")[1] ?? "");
		const list = element("div", {});
		this.values.replaceChildren(...longList(list, [...sections], ([name, leaves]) => this.section(name, leaves), "section"));
		if (found.length === 0) this.values.replaceChildren(element("p", { class: "empty" }, "No value has these words."));
	}

	section(name, leaves) {
		const heading = element("h3", {}, visible(unescapePointer(name)));
		const list = element("dl", {});
		const rows = longList(list, leaves, (leaf) => [
			element("dt", {}, element("code", { dir: "ltr" }, visible(leaf.pointer))),
			element("dd", {}, leaf.text === "null" ? element("span", { class: "absent" }, "not set") : isLong(leaf.text) ? block(textNodes(leaf.text), leaf.pointer, true) : element("code", { dir: "ltr" }, textNodes(leaf.text))),
		], "value");
		const section = element("section", { class: "section" }, heading, rows);
		label(section, heading);
		return section;
	}
}

// collectLeaves appends the places below a value that have no places below them.
function collectLeaves(value, pointer, leaves) {
	const isNested = value !== null && typeof value === "object" && Object.keys(value).length > 0;
	const isPlainList = Array.isArray(value) && value.every((entry) => entry === null || typeof entry !== "object");
	if (!isNested || (isPlainList && value.length < 50)) {
		const text = isPlainList ? JSON.stringify(value) : valueText(value);
		leaves.push({ pointer, text, search: `${pointer} ${text}`.toLowerCase() });
		return;
	}
	for (const [name, member] of Object.entries(value)) {
		collectLeaves(member, `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, leaves);
	}
}

// unescapePointer returns a part of a JSON Pointer as the key that it names.
function unescapePointer(part) {
	return part.replaceAll("~1", "/").replaceAll("~0", "~");
}
