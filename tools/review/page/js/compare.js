// Compare is the view of what changed between two generations.
class Compare {
	constructor(source, select) {
		this.source = source;
		this.select = select; // shows this view
		this.form = byID("compare");
		this.result = byID("difference");
		this.form.addEventListener("submit", (event) => {
			event.preventDefault();
			this.load();
		});
	}

	// open fills in the last two generations, until others are chosen.
	async open() {
		const { from, to } = this.form.elements;
		if (from.value || to.value) return;
		const reply = await this.source.history(null, 1);
		if (!reply.entries[0] || from.value || to.value) return;
		from.value = reply.entries[0].parent ?? Math.max(0, reply.generation - 1);
		to.value = reply.generation;
	}

	// show shows the view with two generations compared.
	async show(from, to) {
		this.form.elements.from.value = from;
		this.form.elements.to.value = to;
		this.select();
		await this.load();
	}

	async load() {
		const numbers = ["from", "to"].map((name) => this.form.elements[name].value.trim());
		await attempt(async () => {
			const reply = await this.source.difference(...numbers.map(Number));
			const heading = element("h2", { tabindex: -1 }, `${count(reply.changes.length + (reply.changes_omitted ?? 0), "change")} from generation ${reply.from} to ${reply.to}`);
			const omitted = reply.changes_omitted ? element("p", { class: "remark" }, `${reply.changes_omitted} of them are not shown here.`) : null;
			this.result.replaceChildren(heading, ...[omitted, changeList(reply.changes)].flat(Infinity).filter(Boolean));
			scrollToMarks(this.result);
			heading.focus();
		});
	}
}

// attempt does something and shows the error if it fails.
async function attempt(action) {
	complain("");
	try {
		return await action();
	} catch (error) {
		complain(error.message);
	}
}
