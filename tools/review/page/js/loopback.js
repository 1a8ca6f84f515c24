// pollInterval is how often, in milliseconds, the page asks for new questions.
const pollInterval = 2000;

// replyTime is how long, in milliseconds, the page waits for a reply. The command gives
// up earlier.
const replyTime = 20000;

// NoReply is the error of a request that has no whole reply: nobody knows whether it
// arrived.
class NoReply extends Error {
	constructor() {
		super("The command that serves this page does not answer. If it still runs, this page goes on by itself; if it has ended, run realmconf review --web again.");
	}
}

// Loopback gets the data of the page from the command that serves it.
class Loopback {
	// start spends the token of the address for a key. The key is kept in memory alone,
	// so that a page that is loaded again has no key. A request whose reply was lost is
	// repeated with the same random number, by which the command knows the page.
	async start() {
		const token = location.hash.slice(1);
		window.history.replaceState(null, "", location.pathname);
		if (!token) throw new Error("This address has no token. Run realmconf review --web again.");
		const page = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
		this.key = (await insist(() => this.post("/key", { token, page }))).key;
	}

	// subject returns the realm of the page and its directory.
	subject() {
		return insist(() => this.post("/subject", {}));
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

	// watch shows the questions that wait, again and again. While the command does not
	// answer, they stay as they are.
	async watch(view) {
		let reported = "";
		for (;;) {
			let problems;
			try {
				const reply = await insist(() => this.post("/questions", {}));
				view.show(reply.questions, (proposal, decision) => this.answer(proposal, decision));
				problems = reply.problems?.join("\n") ?? "";
			} catch (error) {
				problems = error.message;
			}
			if (problems !== reported) complain(problems); // else what another view complains of stays
			reported = problems;
			await pause(pollInterval);
		}
	}

	async answer(proposal, decision) {
		await this.post("/answer", { digest: proposal.digest, decision });
		return decision === "yes" ? "The client may now repeat its call, within ten minutes." : "The client learns of it, and may not ask the same again for a while.";
	}

	// post sends a request and returns the reply. An error has the server's text.
	async post(path, body) {
		let reply, data;
		try {
			reply = await fetch(path, {
				method: "POST",
				headers: { "Content-Type": "application/json", ...(this.key && { "Realmconf-Key": this.key }) },
				body: JSON.stringify(body), signal: AbortSignal.timeout(replyTime),
				cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer",
			});
			data = await reply.json();
		} catch {
			throw new NoReply();
		}
		if (!reply.ok) throw new Error(data.error);
		return data;
	}
}

// insist repeats a request until there is a reply, which may be a refusal. It complains
// from the second time on: a single lost request is no news.
async function insist(request) {
	for (let tries = 1; ; tries++) {
		try {
			const reply = await request();
			if (tries > 2) complain("");
			return reply;
		} catch (error) {
			if (!(error instanceof NoReply)) throw error;
			if (tries > 1) complain(error.message);
		}
		await pause(Math.min(tries * 500, 5000));
	}
}

// pause resolves after a number of milliseconds.
function pause(time) {
	return new Promise((done) => setTimeout(done, time));
}
