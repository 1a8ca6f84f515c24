// Questions is the view of the questions that wait.
class Questions {
	constructor(empty) {
		this.view = byID("view-questions");
		this.tab = byID("tab-questions");
		this.empty = element("p", { class: "empty" }, empty);
		this.shown = new Map(); // by digest
	}

	// begin takes the note away that the page is not connected.
	begin() {
		this.view.replaceChildren(this.empty);
	}

	// show brings the view in step with the questions that wait now. Those that are shown
	// stay where they are, so that no button moves under a pointer.
	show(proposals, answer) {
		const waiting = new Set(proposals.map((p) => p.digest));
		let added = 0;
		for (const proposal of proposals) {
			if (this.shown.has(proposal.digest) && !this.shown.get(proposal.digest).isClosed) continue;
			this.shown.get(proposal.digest)?.card.remove();
			this.add(proposal, answer && ((decision) => answer(proposal, decision)));
			added++;
		}
		for (const [digest, question] of this.shown) {
			if (!waiting.has(digest) && !question.isClosed) question.close("This question does not wait any more.", "It was answered elsewhere, its server has ended, or the configuration has changed.");
		}
		const open = [...this.shown.values()].filter((q) => !q.isClosed).length;
		this.tab.textContent = open > 0 ? `Questions (${open})` : "Questions";
		this.empty.hidden = this.shown.size > 0;
		document.title = `${open > 0 ? `(${open}) ` : ""}Review · realmconf`;
		if (added > 0) announce(`${count(added, "question")} came in.`);
	}

	// add appends the card of a question.
	add(proposal, answer) {
		const question = new Question(proposal, answer);
		this.shown.set(proposal.digest, question);
		this.view.append(question.card);
		scrollToMarks(question.card);
		return question;
	}
}
