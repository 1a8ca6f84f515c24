// contextLines is how many unchanged lines are shown around those that differ.
const contextLines = 3;

// maxCells is the size of the largest table for the common lines of two texts. Larger
// texts are shown as replaced as a whole.
const maxCells = 4e6;

// compareLines returns the lines of two texts in one order, each with its sign: "-" of
// the first, "+" of the second, " " of both.
function compareLines(before, after) {
	const endsAlike = before.endsWith("\n") === after.endsWith("\n");
	const [a, b] = [before, after].map((text) => (endsAlike ? text.replace(/\n$/, "") : text).split("\n"));
	let from = 0;
	while (from < a.length && from < b.length && a[from] === b[from]) from++;
	let back = 0;
	while (back < Math.min(a.length, b.length) - from && a.at(-1 - back) === b.at(-1 - back)) back++;
	const same = (lines) => lines.map((text) => ({ sign: " ", text }));
	return [
		...same(a.slice(0, from)),
		...alignLines(a.slice(from, a.length - back), b.slice(from, b.length - back)),
		...same(a.slice(a.length - back)),
	];
}

// alignLines is compareLines for lists that differ at both ends: it finds the longest
// list of common lines.
function alignLines(a, b) {
	const lines = [];
	const add = (sign, list) => list.forEach((text) => lines.push({ sign, text }));
	if (a.length * b.length > maxCells) {
		add("-", a);
		add("+", b);
		return lines;
	}
	// common[i][j] is how many lines a from i and b from j have in common.
	const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
	for (let i = a.length - 1; i >= 0; i--) {
		for (let j = b.length - 1; j >= 0; j--) {
			common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
		}
	}
	let [i, j] = [0, 0];
	while (i < a.length && j < b.length) {
		if (a[i] === b[j]) {
			add(" ", [a[i++]]);
			j++;
		} else if (common[i + 1][j] >= common[i][j + 1]) add("-", [a[i++]]);
		else add("+", [b[j++]]);
	}
	add("-", a.slice(i));
	add("+", b.slice(j));
	return lines;
}

// lineDifference returns the lines of two texts that differ, with some around them. In
// lines that replace as many others the words that differ are marked.
function lineDifference(before, after, name) {
	const lines = compareLines(before, after);
	const isNear = lines.map(() => false);
	for (const [i, line] of lines.entries()) {
		if (line.sign !== " ") isNear.fill(true, Math.max(0, i - contextLines), i + contextLines + 1);
	}
	const rows = [];
	for (let i = 0; i < lines.length; ) {
		const end = (holds) => {
			let n = i;
			while (n < lines.length && holds(n)) n++;
			return n;
		};
		if (!isNear[i]) {
			const next = end((n) => !isNear[n]);
			rows.push(element("span", { class: "range" }, `… ${count(next - i, "line")} as before …`));
			i = next;
		} else if (lines[i].sign === " ") {
			rows.push(lineRow(" ", textNodes(lines[i++].text)));
		} else {
			const middle = end((n) => lines[n].sign === "-");
			const minus = lines.slice(i, middle);
			i = middle;
			const last = end((n) => lines[n].sign === "+");
			const plus = lines.slice(i, last);
			i = last;
			const pairs = minus.map((line, k) => (minus.length === plus.length ? markDifference(line.text, plus[k].text, ["del", "ins"]) : null));
			rows.push(...minus.map((line, k) => lineRow("-", pairs[k]?.[0] ?? textNodes(line.text))));
			rows.push(...plus.map((line, k) => lineRow("+", pairs[k]?.[1] ?? textNodes(line.text))));
		}
	}
	const isTall = rows.length > 14 || rows.some((row) => row.textContent.length > 900);
	return block(rows, name, isTall, "text-difference");
}

// lineRow returns a line with its sign, which a screen reader gets with it.
function lineRow(sign, nodes) {
	return element("span", { class: { "-": "minus", "+": "plus" }[sign] }, sign, nodes);
}
