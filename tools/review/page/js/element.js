// element returns an element with attributes and children. A child that is text
// becomes a text node, so that no value is ever read as HTML. Children may be lists;
// null is left out.
function element(tag, attributes, ...children) {
	const made = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes ?? {})) {
		if (typeof value === "function") made.addEventListener(name, value);
		else if (value === true) made.setAttribute(name, "");
		else if (value != null && value !== false) made.setAttribute(name, String(value));
	}
	made.append(...children.flat(Infinity).filter((child) => child != null));
	return made;
}

// byID returns the element of the document with an id.
function byID(id) {
	return document.getElementById(id);
}

// announce shows a text that screen readers speak when they are idle.
function announce(text) {
	byID("status").textContent = text;
}

// complain shows why something failed; an empty text takes it away.
function complain(text) {
	byID("problem").replaceChildren(...visible(text));
}

// count returns a number with its noun, as in "1 field" and "2 fields".
function count(number, noun) {
	return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

// moment returns a time as the reader's system writes it.
function moment(text) {
	const time = new Date(text);
	if (Number.isNaN(time.getTime())) return element("span", {}, visible(text));
	return element("time", { datetime: time.toISOString() }, time.toLocaleString());
}
