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
// values whole. Short values are in one line, to be read at a glance.
function changeItem(change) {
	const place = change.path || "the whole configuration";
	const heading = element("p", { class: "heading" },
		change.op === "unknown" ? null : element("code", { class: "place", dir: "ltr" }, visible(place)),
		change.key ? element("span", { class: "remark" }, "entry ", visible(JSON.stringify(change.key))) : null,
		element("span", { class: "remark" }, verbs[change.op] ?? ""),
		[change.risk ?? []].flat().map((risk) => element("span", { class: strong.includes(risk) ? "risk strong" : "risk" }, visible(effects[risk] ?? risk))),
		change.from ? element("span", { class: "remark" }, "from ", element("code", {}, visible(change.from))) : null,
		change.realms ? element("span", { class: "remark" }, "for agents of ", visible(change.realms.join(", "))) : null,
	);
	return element("li", {}, heading, change.note ? element("p", { class: "remark" }, visible(change.note)) : null, values(change, place), secretRemark(change));
}

// values returns the old and the new value of a change: in one line if both are short,
// line by line if they are texts of many lines, else beside each other. A value with
// nothing on its other side has the whole width.
function values(change, place) {
	if (!["add", "remove", "replace"].includes(change.op)) return null;
	const [old, now] = ["old", "new"].map((side) => sideText(change, side));
	const isMarked = !old.isAbsent && !now.isAbsent && !isToken(change.old) && !isToken(change.new);
	if (isMarked && old.lines > 1 && now.lines > 1) return lineDifference(old.text, now.text, `What changes in ${place}`);
	const nodes = isMarked ? markDifference(old.text, now.text, ["del", "ins"]) : [textNodes(old.text), textNodes(now.text)];
	const shown = [["before", "Before", old, nodes[0]], ["after", "After", now, nodes[1]]].map(([kind, name, value, content]) =>
		({ kind: value.isAbsent ? `${kind} nothing` : kind, name, value, content: value.isAbsent ? element("span", { class: "absent" }, content) : content }));
	if (isShort(old.text) && isShort(now.text)) return shortValues(shown);
	return element("div", { class: "sides" }, shown.filter((side) => !side.value.isNothing).map((side) => element("div", { class: `side ${side.kind}` },
		element("span", {}, side.name, lengthNote(side.value)), block(side.content, `${side.name}, ${place}`, isLong(side.value.text)))));
}

// shortValues returns two values in one line, with an arrow between them.
function shortValues(sides) {
	const [before, after] = sides.map((side) => element("span", { class: `value ${side.kind}` },
		element("span", { class: "spoken" }, `${side.name}: `), element("code", { dir: "ltr" }, side.content)));
	return element("p", { class: "short" }, before, element("span", { class: "arrow", "aria-hidden": "true" }, "→"), after);
}

// maxShort is the length of the longest value that is shown in one line.
const maxShort = 60;

function isShort(text) {
	return text.length <= maxShort && !text.includes("\n");
}

// lengthNote says how long a text is that must be scrolled.
function lengthNote(value) {
	if (value.isAbsent || !(value.lines > 1 || isLong(value.text))) return "";
	return value.lines > 1 ? `, ${count(value.lines, "line")}${isLong(value.text) ? ": scroll to read all" : ""}` : ": scroll to read all";
}

// secretRemark says what a token is in the place of, if a whole value is one.
function secretRemark(change) {
	if (!isToken(change.old) && !isToken(change.new)) return null;
	return element("p", { class: "remark" }, "The secret itself is not shown: a reference is in its place.");
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
		return { text, lines: text.replace(/\n$/, "").split("\n").length };
	}
	const hasDefault = "default" in change;
	return { text: hasDefault ? `not set; the default is ${valueText(change.default)}` : "not set", isAbsent: true, isNothing: !hasDefault };
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
	const lines = text.replace(/\n$/, "").split("\n");
	const rows = lines.map((line) => (line.startsWith(" @@ ") ? element("span", { class: "range" }, textNodes(line)) : lineRow(line[0] ?? " ", textNodes(line.slice(1)))));
	return block(rows, "The text, before and after", isLong(text), "text-difference");
}
