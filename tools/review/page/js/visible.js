// The characters that show nothing or change the direction of writing; blanks other
// than the space; and runs of spaces that a reader would overlook.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;
const blanks = /(?<=\S) {2,}(?=\S)| +(?=\n)/u;
const words = /[\p{L}\p{M}]+/gu;

// visible returns the nodes of a text in which every character can be seen. Line ends
// stay, for elements that keep them. A letter of another script in a word with Latin
// letters may look like one of them and is written as its number.
function visible(text) {
	const nodes = [];
	const marks = new RegExp(`${unseen.source}|${blanks.source}`, "gu");
	let end = 0;
	const add = (from, to, mark, shown) => {
		if (from > end) nodes.push(document.createTextNode(text.slice(end, from)));
		nodes.push(element("span", { class: mark }, shown));
		end = to;
	};
	text = String(text);
	const found = [];
	for (const match of text.matchAll(marks)) {
		if (match[0] !== "\n") found.push([match.index, match[0], match[0].startsWith(" ") ? "blanks" : "unseen"]);
	}
	for (const word of text.matchAll(words)) {
		if (!/\p{Script=Latin}/u.test(word[0])) continue;
		for (const letter of word[0].matchAll(/(?!\p{Script=Latin}|\p{Script=Common}|\p{Script=Inherited})[\p{L}\p{M}]/gu)) {
			found.push([word.index + letter.index, letter[0], "unseen"]);
		}
	}
	found.sort((a, b) => a[0] - b[0]);
	for (const [at, what, mark] of found) {
		if (at >= end) add(at, at + what.length, mark, mark === "blanks" ? what : escape(what));
	}
	if (end < text.length || nodes.length === 0) nodes.push(document.createTextNode(text.slice(end)));
	return nodes;
}

// escape returns a character as the escape sequence of its number.
function escape(character) {
	const number = character.codePointAt(0);
	const short = { 9: "\\t", 13: "\\r", 0x2028: "\\u2028" }[number];
	const digits = number.toString(16);
	return short ?? (number > 0xffff ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`);
}
