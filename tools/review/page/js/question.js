// answerDelay is how long, in milliseconds, the buttons of a new question do nothing: a
// click that was meant for something else is no answer, and a yes that comes so soon is
// refused by the server.
const answerDelay = { no: 600, yes: 1600 };

// Question is the card of one question that waits for a person.
class Question {
	// proposal is the change as the server describes it. answer sends the person's
	// decision, "yes" or "no", and resolves to a text about what happens next; it is null
	// if this page may not answer.
	constructor(proposal, answer) {
		this.proposal = proposal;
		this.content = JSON.stringify({ ...proposal, digest: "", time: "", server: "" });
		this.answer = answer;
		this.heading = element("h2", { tabindex: -1 }, visible(this.summary()));
		this.outcome = element("div", { class: "answer" }, answer ? this.buttons() : this.otherWay());
		this.card = element("article", {}, this.heading, this.facts(), this.reason(), this.fields(), this.others(), this.consequences(), this.text(), this.outcome);
		label(this.card, this.heading);
	}

	// summary returns the first line: how many fields change, and what they do.
	summary() {
		return `To change: ${this.proposal.summary || count((this.proposal.fields ?? []).length, "field")}`;
	}

	// facts tells who wants the change, and where: first in one sentence.
	facts() {
		const p = this.proposal;
		const name = (text) => element("strong", {}, visible(text));
		const rows = [
			["File", p.directory && element("code", { dir: "ltr" }, visible(`${p.directory}/${p.file || "config.toml"}`))],
			["Store", p.store && element("code", { dir: "ltr" }, visible(p.store))],
			["Server", p.server && visible(p.server)],
			["Based on", p.generation != null && `generation ${p.generation}`],
			["Asked at", p.time && moment(p.time)],
			["Tool", p.tool && element("code", {}, visible(p.tool))],
		];
		return [
			element("p", { class: "lead" }, p.client ? ["A client that calls itself ", name(p.client)] : "A program that gives no name",
				" wants to change ", p.realm ? ["realm ", name(p.realm)] : p.file ? ["file ", name(p.file)] : "a realm", p.project ? [" of project ", name(p.project)] : null, "."),
			element("dl", { class: "facts" }, rows.filter(([, value]) => value).map(([term, value]) => element("div", {}, element("dt", {}, term), element("dd", {}, value)))),
			this.remark = element("p", { class: "notice", hidden: true }),
		];
	}

	// notice shows a text about the question beside its facts.
	notice(text) {
		this.remark.replaceChildren(...(text ? visible(text) : []));
		this.remark.hidden = !text;
	}

	// reason quotes the client, so that its words look like no part of this page.
	reason() {
		if (!this.proposal.reason) return null;
		return element("div", { class: "quoted" }, element("p", {}, "The client's reason, in its own words:"), element("blockquote", { dir: "auto" }, visible(this.proposal.reason)));
	}

	// fields lists all changes that need a yes, so that no change is missed.
	fields() {
		const fields = this.proposal.fields ?? [];
		return [element("h3", {}, `Needs your yes (${fields.length})`), changeList(fields, Infinity)];
	}

	// others lists what the same call changes besides.
	others() {
		const others = this.proposal.others ?? [];
		if (others.length === 0) return null;
		const isOpen = others.length <= 20;
		return element("details", { open: isOpen }, element("summary", {}, `Changes as well (${others.length})`), changeList(others));
	}

	// consequences lists what the change does to agents of this realm and of those that
	// inherit from it.
	consequences() {
		const all = this.proposal.effects ?? [];
		if (all.length === 0) return null;
		return [element("h3", {}, `In effect, for agents (${all.length})`), changeList(all, Infinity)];
	}

	// text shows the change as lines of the file.
	text() {
		if (!this.proposal.diff) return null;
		return element("details", { open: this.proposal.diff.length < 2000 }, element("summary", {}, "Lines of ", visible(this.proposal.file || "config.toml")), textDifference(this.proposal.diff));
	}

	// buttons returns the two answers. Each is dim until it counts.
	buttons() {
		const button = (decision, text) => {
			const made = element("button", {
				type: "button", class: decision, "aria-disabled": "true",
				click: () => (made.ariaDisabled === "true" ? announce("Read the change first.") : this.decide(decision)),
			}, text);
			// From when it is drawn, for a person to see.
			requestAnimationFrame(() => setTimeout(() => (made.ariaDisabled = null), answerDelay[decision]));
			return made;
		};
		return [button("no", "Do not allow"), button("yes", "Allow this change"), element("p", {}, "A yes is for exactly this change, is used once, and counts for ten minutes.")];
	}

	otherWay() {
		return element("p", {}, "To answer, run ", element("code", {}, "realmconf review"), " in a terminal. This page only shows the change.");
	}

	// decide sends the decision and shows what comes of it in the place of the buttons.
	async decide(decision) {
		const buttons = this.outcome.querySelectorAll("button");
		for (const button of buttons) button.disabled = true;
		complain("");
		try {
			this.close(decision === "yes" ? "You allowed this change." : "You did not allow this change.", await this.answer(decision));
		} catch (error) {
			complain(error instanceof NoReply ? `It is not known whether the answer arrived. ${error.message}` : `The answer was not taken: ${error.message}`);
			for (const button of buttons) button.disabled = false;
		}
	}

	// close ends the question with a text in the place of its buttons.
	close(title, next) {
		this.isClosed = true;
		const text = element("p", { tabindex: -1 }, element("strong", {}, title), next ? [" ", visible(next)] : null);
		const hadFocus = this.outcome.contains(document.activeElement) || document.activeElement === document.body;
		this.outcome.replaceChildren(text);
		if (hadFocus) text.focus();
		announce(title);
	}
}

// label names an element by its heading.
function label(owner, heading) {
	heading.id = heading.id || `heading-${(labels += 1)}`;
	owner.setAttribute("aria-labelledby", heading.id);
}
let labels = 0;
