// AppBridge is the part of the reference bridge, with its names, that host.js uses. The
// tests use the reference bridge in its place if it is there.
window.AppBridge = class {
	constructor(client, info, capabilities, options) {
		this.result = { protocolVersion: "2026-01-26", hostInfo: info, hostCapabilities: capabilities, hostContext: options.hostContext };
		this.nextID = 1;
		this.waiting = new Map();
	}

	async connect(transport) {
		this.frame = transport.frame;
		window.addEventListener("message", (event) => event.source === this.frame && this.receive(event.data));
	}

	async receive(message) {
		const { id, method, params } = message;
		if (!method) return this.waiting.get(id)(message);
		const handlers = {
			"ui/initialize": () => this.result,
			"tools/call": () => this.oncalltool(params),
			"resources/read": () => this.onreadresource(params),
			"ui/update-model-context": () => this.onupdatemodelcontext(params),
			"ui/notifications/initialized": () => this.oninitialized(params),
			"ui/notifications/size-changed": () => this.onsizechange(params),
		};
		const result = await handlers[method]();
		if (id !== undefined) this.post({ id, result });
	}

	post(message) {
		this.frame.postMessage({ jsonrpc: "2.0", ...message }, "*");
	}

	async sendToolInput(params) {
		this.post({ method: "ui/notifications/tool-input", params });
	}

	async sendToolResult(params) {
		this.post({ method: "ui/notifications/tool-result", params });
	}

	async sendHostContextChange(params) {
		this.post({ method: "ui/notifications/host-context-changed", params });
	}

	teardownResource(params) {
		const id = this.nextID++;
		this.post({ id, method: "ui/resource-teardown", params });
		return new Promise((resolve) => this.waiting.set(id, (message) => resolve(message.result)));
	}
};

window.PostMessageTransport = class {
	constructor(frame) {
		this.frame = frame;
	}
};
