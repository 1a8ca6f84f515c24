// What a field of each risk class does.
const effects = {
	exec: "runs code",
	secret: "holds a secret",
	network: "reaches the network",
	path: "reads or writes files",
	posture: "sets what agents may do",
	unclassed: "has no class",
};

const strong = ["exec", "secret"];

const verbs = { add: "added", remove: "removed", replace: "changed", move: "moved" };

// changeItem returns one change as an item of a list: its place, its classes, and both
// values whole.
function changeItem(change) {
	const place = change.path || "the whole configuration";
	const heading = element("p", { class: "heading" },
		element("code", { class: "place", dir: "ltr" }, visible(place)),
		element("span", { class: "remark" }, verbs[change.op] ?? ""),
		[change.risk ?? []].flat().map((risk) => element("span", { class: strong.includes(risk) ? "risk strong" : "risk" }, visible(effects[risk] ?? risk))),
		change.key ? element("span", { class: "remark" }, "entry ", visible(JSON.stringify(change.key))) : null,
		change.from ? element("span", { class: "remark" }, "from ", element("code", {}, visible(change.from))) : null,
		change.realms ? element("span", { class: "remark" }, "for agents of ", visible(change.realms.join(", "))) : null,
	);
	return element("li", {}, heading, change.note ? element("p", { class: "remark" }, visible(change.note)) : null, sides(change, place));
}

// sides returns the old and the new value beside each other.
function sides(change, place) {
	if (!["add", "remove", "replace"].includes(change.op)) return null;
	const [old, now] = ["old", "new"].map((side) => sideText(change, side));
	let nodes = [textNodes(old.text), textNodes(now.text)];
	if (!old.isAbsent && !now.isAbsent && !isToken(change.old) && !isToken(change.new)) {
		nodes = markDifference(old.text, now.text, ["del", "ins"]);
	}
	const side = (kind, label, value, content) =>
		element("div", { class: `side ${kind}` },
			element("span", {}, label, value.lines > 1 ? `, ${count(value.lines, "line")}` : ""),
			block(value.isAbsent ? element("span", { class: "absent" }, content) : content, `${label}, ${place}`, isLong(value.text)));
	return element("div", { class: "sides" }, side("before", "Before", old, nodes[0]), side("after", "After", now, nodes[1]));
}

// scrollToMarks scrolls each frame in an element to the first place that differs, so that
// no change is out of sight in a long text.
function scrollToMarks(root) {
	for (const frame of root.querySelectorAll("pre")) {
		const mark = frame.querySelector("del, ins");
		if (mark) frame.scrollTop = mark.offsetTop - frame.clientHeight / 3;
	}
}

// sideText returns the text of one side of a change. An absent side may have a
// default.
function sideText(change, side) {
	if (`${side}_bytes` in change) {
		return { text: `${change[`${side}_bytes`].toLocaleString()} bytes, not shown here`, isAbsent: true };
	}
	if (side in change) {
		const text = valueText(change[side]);
		return { text, lines: typeof change[side] === "string" ? text.replace(/\n$/, "").split("\n").length : 1 };
	}
	const otherwise = "default" in change ? `absent; the default is ${valueText(change.default)}` : "absent";
	return { text: otherwise, isAbsent: true };
}

// pageOfItems is how many items of a long list are made at once.
const pageOfItems = 100;

// longList returns a list of items, of which a button shows more than the first page.
function longList(list, items, make, noun, page = pageOfItems) {
	let shown = 0;
	const more = element("button", { type: "button", click: () => add(true) });
	const add = (moves) => {
		const part = items.slice(shown, shown + page);
		const made = part.flatMap(make);
		list.append(...made);
		scrollToMarks(list);
		shown += part.length;
		more.hidden = shown >= items.length;
		more.textContent = `Show more: ${count(items.length - shown, noun)} left`;
		if (moves && made.length > 0) {
			made[0].tabIndex = -1;
			made[0].focus();
		}
	};
	add(false);
	return items.length > page ? [list, more] : [list];
}

// changeList returns a list of changes.
function changeList(changes, page) {
	return longList(element("ul", { class: "changes", role: "list" }), changes, changeItem, "change", page);
}

// textDifference returns a unified difference of two texts, line by line. A screen
// reader gets the sign of each line with it.
function textDifference(text) {
	const kinds = { "-": "minus", "+": "plus" };
	const lines = text.replace(/\n$/, "").split("\n");
	const spans = lines.map((line) => element("span", { class: line.startsWith(" @@ ") ? "range" : kinds[line[0]] }, textNodes(line)));
	return block(spans, "Text of config.toml, before and after", isLong(text), "text-difference");
}
