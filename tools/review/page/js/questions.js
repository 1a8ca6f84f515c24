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

	// setSubject tells which realm the other views are about.
	setSubject(subject) {
		this.subject = subject;
		byID("subject").replaceChildren(...(subject.realm ? ["realm ", element("strong", {}, visible(subject.realm))] : subject.file ? ["file ", element("strong", {}, visible(subject.file))] : []),
			...(subject.directory || subject.store ? [" in ", element("code", { dir: "ltr" }, visible(subject.directory || subject.store))] : []));
		this.compareAll();
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
		const open = this.open();
		this.tab.textContent = open.length > 0 ? `Questions (${open.length})` : "Questions";
		this.empty.hidden = this.shown.size > 0;
		document.title = `${open.length > 0 ? `(${open.length}) ` : ""}Review · realmconf`;
		this.compareAll();
		if (added > 0) announce(`${count(added, "question")} came in.`);
	}

	// open returns the questions without an answer.
	open() {
		return [...this.shown.values()].filter((q) => !q.isClosed);
	}

	// add appends the card of a question. One that cannot be shown, from a server of
	// another version, keeps no other one from being shown.
	add(proposal, answer) {
		let question;
		try {
			question = new Question(proposal, answer);
		} catch (error) {
			question = { isClosed: true, card: element("article", {}, element("p", {}, "A question that this page cannot show waits, too. Run ", element("code", {}, "realmconf review"), " in a terminal to see it. (", visible(error.message), ")")) };
		}
		this.shown.set(proposal.digest, question);
		this.view.append(question.card);
		scrollToMarks(question.card);
	}

	// compareAll says of each question what tells it from others: another server that asks
	// the same, and another realm than that of the other views.
	compareAll() {
		const open = this.open();
		for (const question of open) {
			const p = question.proposal;
			const isElsewhere = this.subject && ((p.realm && p.realm !== this.subject.realm) || (p.file ?? "") !== (this.subject.file ?? "") || (p.directory && p.directory !== this.subject.directory) || (p.store && p.store !== this.subject.store));
			const twins = open.filter((other) => other !== question && other.content === question.content);
			question.notice([
				twins.length > 0 && "Another server asks the same. Each is answered on its own.",
				isElsewhere && "History, Compare and Configuration are of another file or realm than this question.",
			].filter(Boolean).join(" "));
		}
	}
}
