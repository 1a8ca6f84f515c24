// pollInterval is how often, in milliseconds, the page asks for new questions.
const pollInterval = 2000;

// Loopback gets the data of the page from the command that serves it.
class Loopback {
	// start spends the token of the address for a key. The key is kept in memory alone,
	// so that a page that is loaded again has no key.
	async start() {
		const token = location.hash.slice(1);
		window.history.replaceState(null, "", location.pathname);
		if (!token) throw new Error("This address has no token. Run realmconf review --web again.");
		const reply = await this.post("/key", { token });
		this.key = reply.key;
		return reply.subject;
	}

	history(before, limit) {
		return this.post("/history", { ...(before != null && { before }), ...(limit && { limit }) });
	}

	difference(from, to) {
		return this.post("/diff", { from, to });
	}

	configuration() {
		return this.post("/config", {});
	}

	// watch shows the questions that wait, again and again, until the command ends.
	async watch(view) {
		let told = "";
		for (;;) {
			try {
				const reply = await this.post("/questions", {});
				view.show(reply.questions, (proposal, decision) => this.answer(proposal, decision));
				const problems = reply.problems?.join("\n") ?? "";
				if (problems !== told) complain(problems); // else what another view complains of stays
				told = problems;
			} catch (error) {
				if (error instanceof TypeError) { // the connection failed
					view.show([], null);
					complain("The command that served this page has ended. Run realmconf review --web again.");
					return;
				}
				complain(error.message);
				told = error.message;
			}
			await new Promise((done) => setTimeout(done, pollInterval));
		}
	}

	async answer(proposal, decision) {
		await this.post("/answer", { digest: proposal.digest, decision });
		return decision === "yes" ? "The client may now repeat its call, within ten minutes." : "The client is told so, and may not ask the same again for a while.";
	}

	// post sends a request and returns the reply. An error has the server's text.
	async post(path, body) {
		const reply = await fetch(path, {
			method: "POST",
			headers: { "Content-Type": "application/json", ...(this.key && { "Realmconf-Key": this.key }) },
			body: JSON.stringify(body),
			cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer",
		});
		const data = await reply.json();
		if (!reply.ok) throw new Error(data.error);
		return data;
	}
}
