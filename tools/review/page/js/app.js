const keyQuestion = "io.realmconf/question";
const keyNonce = "io.realmconf/nonce";

// App gets the data of the page from an MCP host, which shows the page in a frame: as
// JSON-RPC messages of the MCP Apps extension, 2026-01-26.
class App {
	constructor() {
		this.waiting = new Map(); // requests without a response, by id
		this.nextID = 1;
		this.results = []; // tool results that came before watch
		this.show = (result) => this.results.push(result);
		window.addEventListener("message", (event) => {
			if (event.source === window.parent && event.data?.jsonrpc === "2.0") this.receive(event.data);
		});
	}

	// start makes the page known to the host.
	async start() {
		const host = await this.request("ui/initialize", {
			appInfo: { name: "realmconf-review", title: "Review", version: "1" },
			appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] },
			protocolVersion: "2026-01-26",
		});
		this.capabilities = host.hostCapabilities ?? {};
		this.applyContext(host.hostContext ?? {});
		this.send({ method: "ui/notifications/initialized", params: {} });
		new ResizeObserver(() => this.reportSize()).observe(document.documentElement);
	}

	// subject returns nothing: the question names the realm.
	async subject() {
		return {};
	}

	// watch shows each result of the tool call that this page belongs to.
	async watch(view) {
		this.view = view;
		this.show = (result) => this.showResult(result);
		for (const result of this.results) this.showResult(result);
	}

	history(before, limit) {
		return this.call("config_history", { ...(before != null && { before }), ...(limit && { limit }) });
	}

	difference(from, to) {
		return this.call("config_diff", { from, to });
	}

	async configuration() {
		const reply = await this.request("resources/read", { uri: "realmconf://config" });
		return { config: JSON.parse(reply.contents[0].text) };
	}

	// showResult shows the question in a result, or else what the call did.
	showResult(result) {
		const proposal = result._meta?.[keyQuestion];
		const nonce = result._meta?.[keyNonce];
		if (proposal) {
			this.view.show([proposal], nonce ? (p, decision) => this.answer(p, decision, nonce) : null);
			return;
		}
		this.view.show([], null);
		this.view.empty.hidden = false;
		this.view.empty.replaceChildren(...this.describe(result));
	}

	// describe returns what a call did.
	describe(result) {
		const text = result.content?.[0]?.text ?? "";
		if (result.isError) return visible(text);
		const reply = resultData(result);
		if (!reply.changed) return ["Nothing was changed."];
		const made = reply.dry_run ? "A preview; nothing was written." : `Generation ${reply.generation} was made.`;
		return [made, ...[changeList(reply.changes ?? [])].flat(Infinity)];
	}

	// answer sends the person's decision. After a yes it repeats the call.
	async answer(proposal, decision, nonce) {
		await this.call("config_answer", { question: proposal.digest, decision, nonce });
		if (decision !== "yes") {
			this.tellModel("The person did not allow the change. Do not ask for it again unless they tell you to.");
			return "";
		}
		if (!this.input) return "Ask the agent to repeat its call, within ten minutes.";
		try {
			const reply = await this.call(proposal.tool, this.input);
			this.tellModel(`The person allowed the change, and it was made: generation ${reply.generation}. Do not repeat the call.`);
			return `Generation ${reply.generation} was made.`;
		} catch (error) {
			return `But the change was not made: ${error.message}`;
		}
	}

	// tellModel puts a text into the context of the model, if the host has that.
	tellModel(text) {
		if (!this.capabilities.updateModelContext) return;
		this.request("ui/update-model-context", { content: [{ type: "text", text }] }).catch((error) => complain(error.message));
	}

	// call calls a tool of the server through the host.
	async call(name, args) {
		const result = await this.request("tools/call", { name, arguments: args });
		if (result.isError) throw new Error((result.content?.[0]?.text ?? "the call was refused").trim());
		return resultData(result);
	}

	// request sends a request to the host and returns its result.
	request(method, params) {
		const id = this.nextID++;
		return new Promise((resolve, reject) => {
			this.waiting.set(id, { resolve, reject });
			this.send({ id, method, params });
		});
	}

	// send posts a message to the host. Its origin is not known: the host may show the
	// page through a frame of another origin.
	send(message) {
		window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
	}

	receive(message) {
		if (message.method === undefined) {
			const { resolve, reject } = this.waiting.get(message.id) ?? {};
			this.waiting.delete(message.id);
			if (message.error) reject?.(new Error(message.error.message));
			else resolve?.(message.result ?? {});
			return;
		}
		const params = message.params ?? {};
		if (message.id !== undefined) {
			const isKnown = ["ui/resource-teardown", "ping"].includes(message.method);
			this.send({ id: message.id, ...(isKnown ? { result: {} } : { error: { code: -32601, message: "unknown method" } }) });
			return;
		}
		switch (message.method) {
			case "ui/notifications/tool-input":
				this.input = params.arguments ?? {};
				break;
			case "ui/notifications/tool-result":
				this.show(params);
				break;
			case "ui/notifications/tool-cancelled":
				this.show({ isError: true, content: [{ type: "text", text: "The call was cancelled." }] });
				break;
			case "ui/notifications/host-context-changed":
				this.applyContext(params);
		}
	}

	// applyContext takes the theme of the host.
	applyContext(context) {
		if (context.theme) document.documentElement.dataset.theme = context.theme;
		const fonts = context.styles?.variables ?? {};
		if (fonts["--font-mono"]) document.documentElement.style.setProperty("--mono", fonts["--font-mono"]);
	}

	// reportSize tells the host how high the page is.
	reportSize() {
		const { width, height } = document.documentElement.getBoundingClientRect();
		this.send({ method: "ui/notifications/size-changed", params: { width: Math.ceil(width), height: Math.ceil(height) } });
	}
}

// resultData returns the data in a tool's result.
function resultData(result) {
	return result.structuredContent ?? JSON.parse(result.content[0].text);
}
