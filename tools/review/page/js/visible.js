// Tables of tools/policy/lookaliketables.go.
const asciiLookAlikes = /[\u{250}-\u{2ff}\u{3e2}-\u{3ef}\u{589}-\u{589}\u{5c3}-\u{5c3}\u{66a}-\u{66d}\u{701}-\u{709}\u{13a0}-\u{13ff}\u{1680}-\u{16ff}\u{1d00}-\u{1dbf}\u{2010}-\u{2012}\u{2024}-\u{2025}\u{2044}-\u{2044}\u{2102}-\u{2102}\u{2107}-\u{2107}\u{210a}-\u{2115}\u{2118}-\u{211d}\u{2124}-\u{214f}\u{2150}-\u{218f}\u{2212}-\u{2212}\u{2215}-\u{2219}\u{2223}-\u{2223}\u{2236}-\u{2236}\u{223c}-\u{223c}\u{2460}-\u{24ff}\u{2571}-\u{2572}\u{29f8}-\u{29f9}\u{2c60}-\u{2c7f}\u{2c80}-\u{2cff}\u{a4d0}-\u{a4ff}\u{a720}-\u{a7ff}\u{ab30}-\u{abbf}\u{fb00}-\u{fb17}\u{ff0f}-\u{ff19}\u{ff20}-\u{ff40}\u{ff41}-\u{ff60}\u{ffe0}-\u{ffee}\u{10000}-\u{1efff}\u{1f100}-\u{1f1ff}]/u;
const scriptSigns = /[\u{589}-\u{589}\u{5c3}-\u{5c3}\u{66a}-\u{66d}\u{701}-\u{709}]/u;
const latinLookAlikes = "абвекмнорстухіјѕһӏԁԛԝьАВЕЅІЈКМНОРСТУХҮԚԜҺЬЗαικνορτυχγεΑΒΕΖΗΙΚΜΝΟΡΤΥΧϲϳաոսօհցքզյլՕՍՏԼ";
// End of the tables.

// The characters that show nothing or change the direction of writing, and blanks other
// than the space.
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;
// Runs of spaces that a reader would overlook, but no indent.
const blanks = /(?<=\S) {2,}(?=\S)| +(?=\n|$)/gu;

// The scripts, as far as it matters which letters look like others. A script that is
// not here is "other", and a character that is no letter has none.
const scripts = [
	["latin", /\p{Script=Latin}/u], ["greek", /\p{Script=Greek}/u], ["cyrillic", /\p{Script=Cyrillic}/u], ["armenian", /\p{Script=Armenian}/u], ["", /\P{L}/u],
	["east Asian", /[\u3000-\u30ff\uff61-\uffdc\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}]/u],
];
const inProse = /^(?=[^]*[ \n])[ \n,.;:!?()«»–—…،؛؟।]*$|^-$/u;

// visible returns the nodes of a text in which every character can be seen. Line ends
// stay, for elements that keep them. A character that a reader would take for an ASCII
// one, as in a command, a host, a path or a key, is written as its number; prose in
// other alphabets stays. VisibleText of tools/policy has the same rules.
function visible(text) {
	text = String(text);
	const nodes = [];
	let end = 0;
	const add = (from, to, mark, shown) => {
		if (from > end) nodes.push(document.createTextNode(text.slice(end, from)));
		nodes.push(element("span", { class: mark }, shown));
		end = to;
	};
	const found = [...text.matchAll(blanks)].map((match) => [match.index, match[0], "blanks"]);
	for (const [at, character] of misleading(text)) found.push([at, character, "unseen"]);
	found.sort((a, b) => a[0] - b[0]);
	for (const [at, what, mark] of found) {
		if (at >= end) add(at, at + what.length, mark, mark === "blanks" ? what : escape(what));
	}
	if (end < text.length || nodes.length === 0) nodes.push(document.createTextNode(text.slice(end)));
	return nodes;
}

// misleading returns the characters of a text that a reader would not see, or would take
// for ASCII ones, each with its place in the text.
function misleading(text) {
	const characters = Array.from(text);
	const found = characters.map((c, i) => c > "\x7f" && asciiLookAlikes.test(c) && !isScriptSign(characters, i));
	markWords(characters, found);
	const list = [];
	let at = 0;
	characters.forEach((c, i) => {
		const isHidden = c !== "\n" && hidden.test(c) && !isJoinerInScript(characters, i);
		if (found[i] || isHidden || isOddMark(characters, i)) list.push([at, c]);
		at += c.length;
	});
	return list;
}

function scriptOf(c) {
	return scripts.find(([, letters]) => letters.test(c))?.[0] ?? "other";
}

// markWords marks the letters and digits of words that a reader would take for ASCII
// ones.
function markWords(characters, found) {
	const words = [];
	for (let start = 0; start < characters.length; start++) {
		let end = start;
		while (end < characters.length && isInWord(characters[end])) end++;
		if (end > start) words.push([start, end]);
		start = end;
	}
	for (let first = 0; first < words.length; ) {
		let last = first + 1;
		while (last < words.length && inProse.test(characters.slice(words[last - 1][1], words[last][0]).join(""))) last++;
		const certain = new Set(); // scripts that a letter of the passage shows
		for (const [start, end] of words.slice(first, last)) {
			for (const c of characters.slice(start, end)) if (!latinLookAlikes.includes(c)) certain.add(scriptOf(c));
		}
		for (const word of words.slice(first, last)) markWord(characters, found, word, isInToken(characters, word) ? new Set() : certain);
		first = last;
	}
}

function isInWord(c) {
	return /[\p{L}\p{Nd}\p{M}]/u.test(c);
}

// isInToken reports whether a word is part of a path, a host, a name or an option.
function isInToken(characters, [start, end]) {
	const signs = "/\\_@$~=+%#&|";
	const [before, next, after] = [characters[start - 1], characters[end], characters[end + 1]];
	if (before !== undefined && (signs + ".-").includes(before) && !(before === "-" && start > 1 && isInWord(characters[start - 2]))) return true;
	if (next === undefined) return false;
	return signs.includes(next) || ((next === "." || next === ":") && after !== undefined && after !== " " && after !== "\n");
}

function markWord(characters, found, [start, end], certain) {
	const word = characters.slice(start, end).map((c) => [c, scriptOf(c)]);
	const letters = word.filter(([, script]) => script !== "" && script !== "east Asian");
	const own = (letters.find(([, script]) => script === "latin") ?? letters[0])?.[1] ?? "";
	const looksLatin = word.every(([c, script]) => script === "" || latinLookAlikes.includes(c));
	const isLookAlike = own !== "" && own !== "latin" && looksLatin && !certain.has(own);
	const hasDigit = word.some(([c]) => /[0-9]/.test(c));
	word.forEach(([c, script], i) => {
		if (script === "") {
			found[start + i] ||= /(?![0-9])\p{Nd}/u.test(c) && (own === "latin" || hasDigit || !certain.has("other"));
		} else if ((script !== own && script !== "east Asian") || isLookAlike) {
			found[start + i] = true;
		}
	});
}

// isScriptSign reports whether a character is a sign that follows a letter or a digit of
// its own script.
function isScriptSign(characters, i) {
	if (i === 0 || !scriptSigns.test(characters[i])) return false;
	const before = characters[i - 1];
	return ["armenian", "other"].includes(scriptOf(before)) || /(?![0-9])\p{Nd}/u.test(before);
}

// isOddMark reports whether a character is a mark that surrounds or crosses out another
// one, or belongs to no letter, or is one of too many.
function isOddMark(characters, i) {
	const c = characters[i];
	if (c < "\u0300" || !/[\p{Me}\p{Mn}]/u.test(c)) return false;
	if (/[\p{Me}\u0334-\u0338]/u.test(c)) return true;
	for (let n = 1; n <= 3 && n <= i; n++) {
		if (/\p{L}/u.test(characters[i - n])) return false;
		if (!/\p{M}/u.test(characters[i - n])) return true;
	}
	return true;
}

// isJoinerInScript reports whether a character joins or separates two letters of a
// script that needs that, as Persian does.
function isJoinerInScript(characters, i) {
	if (!["\u200c", "\u200d"].includes(characters[i]) || i === 0 || i + 1 === characters.length) return false;
	return (scriptOf(characters[i - 1]) === "other" || /\p{M}/u.test(characters[i - 1])) && scriptOf(characters[i + 1]) === "other";
}

// escape returns a character as the escape sequence of its number, as Go writes it.
function escape(character) {
	const number = character.codePointAt(0);
	const short = { 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r" }[number];
	const digits = number.toString(16);
	if (number < 0x20 || number === 0x7f) return short ?? `\\x${digits.padStart(2, "0")}`;
	return number > 0xffff ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
}
