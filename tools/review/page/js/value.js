// A token is shown in the place of a secret.
const token = /realmconf-secret:[^\s"'\\]*/g;

const inWord = /[^\s,{}[\]]/;

// isToken reports whether a value is a token and nothing else.
function isToken(value) {
	return typeof value === "string" && value.replace(token, "") === "" && value !== "";
}

// valueText returns a value as text: JSON, but a text of several lines as it is.
function valueText(value) {
	if (typeof value === "string" && value.includes("\n")) return value;
	return jsonText(value, "");
}

// maxListLine is the length of the longest list of plain values in one line.
const maxListLine = 72;

// jsonText returns a value as JSON, one member a line, and short lists in one line.
function jsonText(value, indent) {
	if (value === null || typeof value !== "object") return JSON.stringify(value);
	const deeper = `${indent}  `;
	const list = Array.isArray(value);
	if (list && value.every((entry) => entry === null || typeof entry !== "object")) {
		const line = `[${value.map((entry) => JSON.stringify(entry)).join(", ")}]`;
		if (line.length <= maxListLine) return line;
	}
	const parts = list ? value.map((entry) => jsonText(entry, deeper)) : Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${jsonText(member, deeper)}`);
	const [open, close] = list ? "[]" : "{}";
	return parts.length === 0 ? open + close : `${open}\n${parts.map((part) => deeper + part).join(",\n")}\n${indent}${close}`;
}

// textNodes returns the nodes of a text, with its tokens marked as secrets.
function textNodes(text) {
	const nodes = [];
	let end = 0;
	for (const match of text.matchAll(token)) {
		nodes.push(...(match.index > end ? visible(text.slice(end, match.index)) : []));
		nodes.push(element("span", { class: "secret", title: "a secret, which is not shown" }, visible(match[0])));
		end = match.index + match[0].length;
	}
	if (end < text.length || nodes.length === 0) nodes.push(...visible(text.slice(end)));
	return nodes;
}

// markDifference returns the nodes of two texts, with the part that differs between
// their common beginning and end in the elements of the tags.
function markDifference(before, after, tags) {
	if (before === after) return [textNodes(before), textNodes(after)];
	let from = 0;
	const shortest = Math.min(before.length, after.length);
	while (from < shortest && before[from] === after[from]) from++;
	let back = 0;
	while (back < shortest - from && before.at(-1 - back) === after.at(-1 - back)) back++;
	[from, back] = [wordStart(before, from), wordEnd(before, back)];
	return [before, after].map((text, i) => {
		const middle = text.slice(from, text.length - back);
		return [
			from > 0 ? textNodes(text.slice(0, from)) : [],
			middle ? element(tags[i], {}, textNodes(middle)) : [],
			back > 0 ? textNodes(text.slice(text.length - back)) : [],
		];
	});
}

// wordStart moves the beginning of a difference back to the beginning of its word, so
// that no character of two code units, and no token, is cut.
function wordStart(text, from) {
	while (from > 0 && inWord.test(text[from - 1])) from--;
	return from;
}

// wordEnd moves the end of a difference, counted from the end of the text, to the end
// of its word.
function wordEnd(text, back) {
	while (back > 0 && inWord.test(text[text.length - back])) back--;
	return back;
}

// block returns a text in a frame of its own. A long one can be scrolled by keyboard.
function block(nodes, label, isLong, kind) {
	const scrolls = isLong ? { tabindex: 0, role: "region", "aria-label": label } : {};
	return element("pre", { dir: "ltr", class: kind, ...scrolls }, nodes);
}

// isLong reports whether a text may be higher than its frame.
function isLong(text) {
	return text.length > 900 || text.split("\n").length > 14;
}
